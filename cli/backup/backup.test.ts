import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Crypter } from "../../local/engine/crypter";
import { decode, encode, type ResourceState } from "../../local/engine/document";
import { readDocument, writeDocument } from "../../local/engine/state";
import { temporaryFolder } from "../../local/forge/fixture";
import { reveal, secret } from "../../protocol/properties";
import { Progress } from "../progress";
import { openArchive, sealArchive } from "./archive";
import { differences } from "./census";
import { type Manifest, manifestText, openBackup } from "./manifest";
import { backupKeys, newSalt } from "./passphrase";
import { settle } from "./relocate";
import { restore } from "./restore";

const passphrase = "a passphrase of people";
const salt = newSalt();
const keys = backupKeys(passphrase, salt);

let home: string;
beforeEach(() => {
  home = temporaryFolder("restored-");
  vi.stubEnv("ECLUSE_HOME", home);
  vi.stubEnv("ECLUSE_BACKUP_PASSPHRASE", passphrase);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", undefined);
});

/** A folder with a file of each environment, as a home has them. */
function files(): string {
  const folder = temporaryFolder("home-");
  for (const name of ["dev", "prod"]) {
    mkdirSync(join(folder, name, "tmp"), { recursive: true });
    writeFileSync(join(folder, name, "key"), `secret of ${name}`, { mode: 0o600 });
    writeFileSync(join(folder, name, "tmp/draft"), "left out");
  }
  return folder;
}

const seal = (file: string, part: string) =>
  sealArchive(file, keys.archive(part), { folder: files(), paths: [part], exclude: [`${part}/tmp`] });

describe("a sealed archive", () => {
  const sealed = async () => {
    const file = join(temporaryFolder("archive-"), "dev");
    return { file, made: await seal(file, "dev") };
  };

  it("gives back its own files with their modes, and nothing of another environment", async () => {
    const { file } = await sealed();
    await openArchive(file, keys.archive("dev"), home);
    expect(readdirSync(home, { recursive: true })).toEqual(["dev", "dev/key"]);
    expect(readFileSync(join(home, "dev/key"), "utf8")).toBe("secret of dev");
    expect(statSync(join(home, "dev/key")).mode & 0o777).toBe(0o600);
  });

  it("holds nothing in clear, and its size and hash are known", async () => {
    const { file, made } = await sealed();
    const bytes = readFileSync(file);
    expect(bytes.includes("secret of dev")).toBe(false);
    expect(bytes.includes("dev/key")).toBe(false);
    expect(made.bytes).toBe(bytes.length);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("does not open by another part's key, or with one byte changed", async () => {
    const { file } = await sealed();
    await expect(openArchive(file, keys.archive("prod"), home)).rejects.toThrow();
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    writeFileSync(file, bytes);
    await expect(openArchive(file, keys.archive("dev"), home)).rejects.toThrow();
  });
});

/** A backup of development alone; `change` is what somebody does to its manifest, without the passphrase. */
async function makeBackup(change: (text: string) => string = (text) => text): Promise<string> {
  const folder = temporaryFolder("backup-");
  const part = { name: "dev", stack: "local-dev", file: "dev.tar.zst.sealed" };
  const manifest: Manifest = {
    ...{ format: 1, taken: "2026-11-30T00:00:00Z", stoppedSeconds: 1, platform: "0.1.0", home: "/former" },
    ...{ passphrase: "ECLUSE_BACKUP_PASSPHRASE", salt, census: { "dev table auth.users": "3 rows, 0" } },
    parts: [{ ...part, ...(await seal(join(folder, part.file), "dev")) }],
  };
  writeFileSync(join(folder, "manifest.json"), change(manifestText(manifest, keys)));
  return folder;
}

describe("a backup, before anything of it is restored", () => {
  it("opens by its passphrase", async () => {
    const { manifest } = await openBackup(await makeBackup());
    expect(manifest.parts.map(({ name }) => name)).toEqual(["dev"]);
  });

  it.each<[string, () => void, RegExp]>([
    [
      "another passphrase",
      () => vi.stubEnv("ECLUSE_BACKUP_PASSPHRASE", "another one of them"),
      /is not the backup's/,
    ],
    ["none", () => vi.stubEnv("ECLUSE_BACKUP_PASSPHRASE", ""), /must have at least 12 characters, got 0/],
    [
      "that of other states",
      () => vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", passphrase),
      /unset PULUMI_CONFIG_PASSPHRASE/,
    ],
  ])("is refused with %s", async (_what, given, words) => {
    const folder = await makeBackup();
    given();
    await expect(openBackup(folder)).rejects.toThrow(words);
  });

  it("is refused where its manifest was changed", async () => {
    const folder = await makeBackup((text) => text.replace("3 rows", "2 rows"));
    await expect(openBackup(folder)).rejects.toThrow(/or the manifest was changed/);
  });

  it("is refused where an archive was changed, is shorter, or is away", async () => {
    const folder = await makeBackup();
    const file = join(folder, "dev.tar.zst.sealed");
    const bytes = readFileSync(file);
    writeFileSync(
      file,
      Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.readUInt8(bytes.length - 1) ^ 1])]),
    );
    await expect(openBackup(folder)).rejects.toThrow(/is not as it was written \((\d+) of \1 bytes\)/);
    writeFileSync(file, "");
    await expect(openBackup(folder)).rejects.toThrow(/\(0 of \d+ bytes\): take another copy/);
  });

  it("is refused where a run was killed before it had its name", async () => {
    await expect(openBackup(temporaryFolder("draft-"))).rejects.toThrow(
      /is no backup: it has no manifest.json/,
    );
  });
});

describe("a home that holds something", () => {
  it("is left as it is", async () => {
    mkdirSync(join(home, "prod"));
    const session = { progress: new Progress(), signal: new AbortController().signal };
    const opened = await openBackup(await makeBackup());
    await expect(restore(session, opened)).rejects.toThrow(/is not empty \(prod\): .*--replace/);
    expect(readdirSync(home).sort()).toEqual(["prod", "stacks"]);
  });
});

describe("a state in another home", () => {
  const resource = (kind: string, name: string, inputs: object, outputs: object): ResourceState => ({
    urn: `urn:pulumi:local-dev::ecluse::ecluse-local:index:${kind}::${name}`,
    ...{ type: `ecluse-local:index:${kind}`, custom: true, id: name },
    ...({ inputs, outputs } as Pick<ResourceState, "inputs" | "outputs">),
  });
  const url = secret("http://127.0.0.1:31999/eclusedev/data?sig=x");
  const resources = [
    resource("Port", "port", { environment: "dev", name: "blob" }, { port: 31_999 }),
    resource("DataFolder", "folder", { environment: "dev", name: "blobs" }, { path: "/former/dev/blobs" }),
    resource("BlobAccess", "access", { endpoint: "http://127.0.0.1:31999/eclusedev" }, { url }),
    resource("Service", "blobs", { command: ["server"] }, { command: ["server"] }),
    resource("CiVariable", "variable", { value: url }, {}),
  ];

  it("knows where its data is now, and leaves the rest to up", async () => {
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", passphrase);
    const file = join(temporaryFolder("state-"), "local-dev.json");
    const crypter = await Crypter.create(passphrase);
    await writeDocument(file, encode({ resources, pending: [] }, crypter));
    await settle(file, { stack: "local-dev", home: "/former", fresh: true });
    const document = await readDocument(join(home, "stacks/local-dev.json"));
    const [port, folder, access, service, variable] = decode(document as never, crypter).resources;
    const number = port?.outputs?.port;
    expect(readFileSync(join(home, "ports", String(number)), "utf8")).toBe("dev/blob");
    expect(number).not.toBe(31_999);
    expect(folder?.outputs?.path).toBe(join(home, "dev/blobs"));
    expect(access?.inputs?.endpoint).toBe(`http://127.0.0.1:${number}/eclusedev`);
    expect(reveal(access?.outputs ?? {}).url).toBe(`http://127.0.0.1:${number}/eclusedev/data?sig=x`);
    // The provider compares outputs: the same home and ports would else leave every service stopped.
    expect([service?.inputs?.command, service?.outputs?.command]).toEqual([[], []]);
    expect(variable?.inputs?.value).toEqual(url);
  });
});

it("names each count that is another, one that is missing and one that is new", () => {
  expect(differences({ same: "1", other: "1", lost: "1" }, { same: "1", other: "2", more: "1" })).toEqual([
    { what: "other", expected: "1", found: "2" },
    { what: "lost", expected: "1", found: "nothing" },
    { what: "more", expected: "nothing", found: "1" },
  ]);
});
