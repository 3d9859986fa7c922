import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { draftOf, inWords } from "../../local/durable";
import { homeFolder, projectRoot } from "../../local/home";
import { managerPid, stopManager, stopServices } from "../../local/provider/supervisor";
import { environments, start } from "../lifecycle";
import { alone, type Session } from "../session";
import { localStacks, UserError } from "../stacks";
import { status } from "../status";
import { sealArchive } from "./archive";
import { type Census, champions, takeCensus } from "./census";
import { type Manifest, manifestName, manifestText, type Part } from "./manifest";
import { backupKeys, backupPassphrase, newSalt, passphraseVariable } from "./passphrase";

/** What of an environment's folder is made again by `up`, a pipeline or a login, and so is in no backup. */
const remade = ["supervisor", "services", "tokens", "tmp", "landed", "images", "builds", ".config"];

/** What the home has of one part; the journal of steps is of the forge's projects. */
function pathsOf(name: string, stack: string): string[] {
  const paths = [name, `stacks/${stack}.json`, `keys/${name}`, `keys/${stack}.passphrase`];
  return [...paths, ...(name === "forge" ? ["journal"] : [])].filter((path) =>
    existsSync(join(homeFolder(), path)),
  );
}

const platformVersion = (): string =>
  (JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { version: string }).version;

/** Where a backup may be written: a new folder out of the home, which it must survive. */
function targetFolder(to: string): string {
  const folder = resolve(to);
  if (existsSync(folder)) throw new UserError(`${folder} is there already: name a new folder`);
  if (`${folder}/`.startsWith(`${homeFolder()}/`))
    throw new UserError(`${folder} is in ECLUSE_HOME, and would be lost with it: name a folder elsewhere`);
  if (!existsSync(dirname(folder)))
    throw new UserError(`there is no folder ${dirname(folder)}: make it first`);
  return folder;
}

/** Stops all that writes, counts what there is, and stops the rest. */
async function quiesce(names: readonly string[]): Promise<Census> {
  const served = champions(await status());
  await Promise.all(names.map((name) => stopServices(name, ["postgres", "blobs"])));
  const census = { ...(await takeCensus()), ...served };
  await Promise.all(names.map((name) => stopManager(name)));
  return census;
}

async function sealParts(draft: string, salt: string): Promise<Part[]> {
  const keys = backupKeys(backupPassphrase(), salt);
  const parts = localStacks().map((settings) => ({
    name: settings.kind === "forge" ? "forge" : settings.environment,
    stack: settings.stack,
  }));
  const made: Part[] = [];
  for (const { name, stack } of parts.filter(({ name }) => environments().includes(name))) {
    const file = `${name}.tar.zst.sealed`;
    const of = {
      folder: homeFolder(),
      paths: pathsOf(name, stack),
      exclude: remade.map((each) => `${name}/${each}`),
    };
    made.push({ name, stack, file, ...(await sealArchive(join(draft, file), keys.archive(name), of)) });
  }
  return made;
}

/** Stops the services, seals everything into the draft, and starts them again, whatever becomes of it. */
async function stopped(session: Session, draft: string): Promise<Manifest> {
  const salt = newSalt();
  const names = environments();
  const wasUp = names.some((name) => managerPid(name) !== undefined);
  await start(session);
  const { progress } = session;
  const began = performance.now();
  try {
    const census = await progress.step("stop services and count", () => quiesce(names));
    const taken = new Date().toISOString();
    const parts = await progress.step("seal the archives", () => sealParts(draft, salt));
    if (wasUp) await start(session);
    const stoppedSeconds = Math.round((performance.now() - began) / 100) / 10;
    const passphrase = passphraseVariable();
    const of = {
      format: 1,
      taken,
      stoppedSeconds,
      platform: platformVersion(),
      home: homeFolder(),
      passphrase,
    } as const;
    return { ...of, salt, parts, census };
  } finally {
    if (wasUp) await start(session);
    else await Promise.all(names.map((name) => stopManager(name)));
  }
}

/**
 * Backs the whole platform up into a new folder, which has its name once it is whole. Services are stopped meanwhile,
 * so that databases, blobs and repositories are of one moment.
 */
export async function backup(session: Session, to: string): Promise<Manifest> {
  const folder = targetFolder(to);
  backupPassphrase();
  if (environments().length === 0)
    throw new UserError("nothing is up that could be backed up: run npm start");
  return alone(session, async () => {
    const draft = draftOf(folder);
    mkdirSync(draft, { mode: 0o700 });
    try {
      const manifest = await stopped(session, draft);
      const keys = backupKeys(backupPassphrase(), manifest.salt);
      writeFileSync(join(draft, manifestName), manifestText(manifest, keys), { mode: 0o600, flush: true });
      renameSync(draft, folder);
      return manifest;
    } catch (error) {
      throw inWords(join(dirname(folder), basename(folder)), error);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
}
