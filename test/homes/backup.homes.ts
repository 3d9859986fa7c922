import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openArchive } from "../../cli/backup/archive";
import { type Manifest, manifestText } from "../../cli/backup/manifest";
import { backupKeys } from "../../cli/backup/passphrase";
import type { Rehearsal } from "../../cli/backup/rehearse";
import { status } from "../../cli/status";
import { environments, secretOf, useCase } from "../platform/environments";
import { ecluse } from "../platform/setup";

// Accident: the machine is lost. One backup of a running platform, and one rehearsal, as a user would.

const passphrase = "of the test alone";
const env = { ECLUSE_BACKUP_PASSPHRASE: passphrase };
let parent: string;
const folder = () => join(parent, "backup");
const read = () =>
  (JSON.parse(readFileSync(join(folder(), "manifest.json"), "utf8")) as { manifest: Manifest }).manifest;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "ecluse-backup-"));
  // Where root runs this, PostgreSQL has another user, who passes through here.
  chmodSync(parent, 0o711);
  process.env.ECLUSE_HOME = join(parent, "home");
  for (const words of [
    ["run", "--all"],
    ["backup", folder()],
  ]) {
    const { code, stderr } = await ecluse(words, env);
    expect(code, stderr.slice(-3000)).toBe(0);
  }
});

afterAll(async () => {
  await ecluse(["stop"]);
  rmSync(parent, { recursive: true, force: true });
});

it("is whole, and the platform serves again after it", async () => {
  expect(readdirSync(parent).sort()).toEqual(["backup", "home"]);
  const { census, parts } = read();
  expect(parts.map(({ name }) => name)).toEqual(["forge", "dev", "prod"]);
  const lines = Object.entries(census).map(([what, found]) => `${what}: ${found}`);
  expect(lines).toContainEqual(expect.stringMatching(/^prod table tracking\.runs: [1-9]\d* rows/));
  expect(lines).toContainEqual(expect.stringMatching(/^prod blobs artifacts: [1-9]\d* blobs/));
  expect(lines).toContainEqual(expect.stringMatching(/^forge ecluse\/bank-churn pipelines: [1-9]/));
  for (const { useCases } of (await status()).environments)
    expect(useCases[useCase]?.champion).not.toBeNull();
});

it("has each environment in an archive of its own, and no secret in clear", async () => {
  const { salt, parts } = read();
  const { dev, prod } = await environments();
  const secrets = [dev, prod].flatMap((each) => [
    secretOf(each, "store-key", "value"),
    secretOf(each, "database-role-password", "value"),
    secretOf(each, "signing-key", "privateKey"),
  ]);
  for (const { name, file } of parts) {
    const bytes = readFileSync(join(folder(), file));
    expect(secrets.filter((secret) => bytes.includes(secret))).toEqual([]);
    const there = mkdtempSync(join(parent, `${name}-`));
    await openArchive(join(folder(), file), backupKeys(passphrase, salt).archive(name), there);
    expect(readdirSync(there).sort()).toEqual(
      [...(name === "forge" ? ["forge", "journal"] : [name]), "keys", "stacks"].sort(),
    );
    expect(readdirSync(join(there, "keys")).sort()).toEqual([name, `local-${name}.passphrase`].sort());
    expect(readdirSync(join(there, "stacks"))).toEqual([`local-${name}.json`]);
    rmSync(there, { recursive: true });
  }
});

it("is restored with every row, blob, commit and champion; the one count that is another is found", async () => {
  const manifest = read();
  const what = "prod table tracking.runs";
  const census = { ...manifest.census, [what]: "one that it never had" };
  writeFileSync(
    join(folder(), "manifest.json"),
    manifestText({ ...manifest, census }, backupKeys(passphrase, manifest.salt)),
  );
  const { code, stdout, stderr } = await ecluse(["restore", folder(), "--rehearse", "--json"], env);
  const found = JSON.parse(stdout || "{}") as Rehearsal;
  expect(found.differences, stderr.slice(-3000)).toEqual([
    { what, expected: census[what], found: manifest.census[what] },
  ]);
  expect(code).toBe(1);
  expect(found.compared).toBeGreaterThan(50);
});
