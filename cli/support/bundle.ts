import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { draftOf } from "../../local/durable";
import { decode } from "../../local/engine/document";
import { readDocument, statePath } from "../../local/engine/state";
import { git } from "../../local/forge/git";
import { homeFolder, projectRoot } from "../../local/home";
import { serviceStates } from "../../local/provider/supervisor";
import { blank } from "../../protocol/properties";
import { diagnose } from "../doctor";
import { environments } from "../lifecycle";
import { showLog } from "../logs";
import { backendFolder, localStacks, UserError } from "../stacks";
import { status } from "../status";
import { leaked, redactor } from "./redact";
import { knownSecrets } from "./secrets";

/** Texts of a bundle, by their path in it. */
type Texts = Record<string, string>;

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** What somebody gives, or why there is none: a platform that is broken has a bundle too. */
async function orReason(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return { unknown: (error as Error).message };
  }
}

function versions(): object {
  const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    version: string;
  };
  const commit = existsSync(join(projectRoot, ".git"))
    ? git(projectRoot, ["rev-parse", "HEAD"])
    : "no repository";
  return {
    taken: new Date().toISOString(),
    platform: version,
    commit,
    node: process.version,
    kernel: release(),
  };
}

/** A stack's resources, every secret blanked without being opened. */
async function stateOf(stack: string): Promise<unknown> {
  const document = await readDocument(statePath(backendFolder(), stack));
  if (!document) return "never brought up";
  const { resources, pending } = decode(document, "sealed");
  const open = ({ inputs = {}, outputs = {}, ...rest }: (typeof resources)[number]) => ({
    ...rest,
    ...{ inputs: blank(inputs), outputs: blank(outputs) },
  });
  return {
    resources: resources.map(open),
    pending: pending.map(({ type, resource }) => [type, resource.urn]),
  };
}

function logs(lines: number): Texts {
  const parts = showLog(undefined, lines)
    .split("\n")
    .filter((part) => !part.startsWith("pipeline/"));
  return Object.fromEntries(parts.map((part) => [`logs/${part}.log`, `${showLog(part, lines)}\n`]));
}

async function collect(lines: number): Promise<Texts> {
  const services = environments().map(async (name) => [name, await orReason(() => serviceStates(name))]);
  const states = localStacks().map(async ({ stack }) => [
    `state/${stack}.json`,
    json(await orReason(() => stateOf(stack))),
  ]);
  return {
    "versions.json": json(await orReason(versions)),
    "doctor.json": json(await orReason(diagnose)),
    "services.json": json(Object.fromEntries(await Promise.all(services))),
    "status.json": json(await orReason(status)),
    ...Object.fromEntries(await Promise.all(states)),
    ...logs(lines),
  };
}

/** The texts without secrets; logs are left out where the secrets are not known that they might have. */
export async function supportTexts(lines: number): Promise<Texts> {
  const texts = await collect(lines);
  const secrets = await knownSecrets().catch((error: Error) => error);
  const known = secrets instanceof Error ? [] : secrets;
  const redact = redactor(known);
  const kept = Object.entries(texts).filter(
    ([name]) => !(secrets instanceof Error && name.startsWith("logs/")),
  );
  const clean = Object.fromEntries(kept.map(([name, text]) => [name, redact(text)]));
  for (const [name, text] of Object.entries(clean))
    if (leaked(text, known) > 0)
      throw new Error(`${name} still has a secret: nothing was written; please report it`);
  return secrets instanceof Error
    ? {
        ...clean,
        "logs/left-out.txt": `A state cannot be opened, so its secrets are not known: ${secrets.message}\n`,
      }
    : clean;
}

/** Writes the bundle as a tar.gz that is there whole or not at all; gives its path and what is in it. */
export async function supportBundle(out: string, lines: number): Promise<{ file: string; parts: string[] }> {
  const file = resolve(out);
  if (existsSync(file)) throw new UserError(`${file} is there already: name another file by --out`);
  if (!existsSync(homeFolder()))
    throw new UserError(`there is no ECLUSE_HOME ${homeFolder()}: nothing to report on`);
  const texts = await supportTexts(lines);
  const folder = mkdtempSync(join(tmpdir(), "ecluse-support-"));
  const draft = draftOf(file);
  try {
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text, { mode: 0o600 });
    }
    execFileSync("tar", ["--create", "--gzip", "--file", draft, "--directory", folder, "."]);
    renameSync(draft, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(draft, { force: true });
  }
  return { file, parts: Object.keys(texts) };
}
