import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Crypter } from "../../local/engine/crypter";
import { encode, type ResourceState } from "../../local/engine/document";
import { writeDocument } from "../../local/engine/state";
import { temporaryFolder } from "../../local/forge/fixture";
import { secret } from "../../protocol/properties";
import { passphraseOf } from "../stacks";
import { supportBundle } from "./bundle";
import { redactor } from "./redact";
import { essence } from "./secrets";

const planted = {
  ofState: "5f1d0c9b7a3e4d2f8c6b",
  ofPeople: "webhook-secret-of-people",
  ofShell: "passphrase-in-the-shell",
  ofNobody: "hunter2hunter2",
};
const pem =
  "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49AwEHBG0w\n-----END PRIVATE KEY-----";
const token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyOngifQ.c2lnbmF0dXJl";

let home: string;
beforeEach(async () => {
  home = temporaryFolder("support-");
  vi.stubEnv("ECLUSE_HOME", home);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", planted.ofShell);
  for (const folder of ["dev/supervisor/programs", "dev/logs", "dev/secrets/hook"])
    mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(join(home, "dev/secrets/hook/url"), planted.ofPeople);
  const state: ResourceState = {
    urn: "urn:pulumi:local-dev::ecluse::ecluse-local:index:RandomSecret::dev-password",
    ...{ type: "ecluse-local:index:RandomSecret", custom: true, id: "dev-password" },
    outputs: { bytes: 24, value: secret(planted.ofState) },
  };
  const crypter = await Crypter.create(passphraseOf("local-dev"));
  await writeDocument(
    join(home, "stacks/local-dev.json"),
    encode({ resources: [state], pending: [] }, crypter),
  );
});

const log = () =>
  [
    "INFO started as process 12 of dev on 127.0.0.1:4711",
    `connecting with ${planted.ofState}`,
    `base64 ${Buffer.from(`x:${planted.ofState}`).toString("base64")}`,
    `posting to ${planted.ofPeople} with ${encodeURIComponent(planted.ofShell)}`,
    `postgresql://mlflow:${planted.ofNobody}@127.0.0.1:5432/tracking`,
    `{"password": "${planted.ofNobody}", "rows": 12}`,
    `Authorization: Bearer ${token}`,
    `GET /data?sv=2025&sig=${planted.ofNobody}%3D 200`,
    pem,
    "INFO scored 12 rows",
  ].join("\n");

async function unpacked(): Promise<Map<string, string>> {
  const folder = temporaryFolder("bundle-");
  const { file } = await supportBundle(join(folder, "support.tar.gz"), 200);
  execFileSync("tar", ["--extract", "--gzip", "--file", file, "--directory", folder]);
  expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  return new Map(
    files
      .filter((each) => each.isFile() && !each.name.endsWith(".gz"))
      .map((each) => [each.name, readFileSync(join(each.parentPath, each.name), "utf8")]),
  );
}

describe("a support bundle", () => {
  it("has no planted secret, and still what helps", async () => {
    writeFileSync(join(home, "dev/logs/tracking.log"), log());
    const files = await unpacked();
    const all = [...files.values()].join("\n");
    for (const word of [...Object.values(planted), token, "MIGHAgEAMBMGByqGSM49", "AgEGCCqGSM49AwEHBG0w"])
      expect(all.includes(word), word).toBe(false);
    expect(all).not.toContain(Buffer.from(planted.ofState).toString("base64").slice(2, -4));
    expect(files.get("tracking.log")).toMatch(/^INFO started as process 12 of dev on 127\.0\.0\.1:4711\n/);
    expect(files.get("tracking.log")).toMatch(/"rows": 12.*INFO scored 12 rows/s);
    expect(files.get("local-dev.json")).toMatch(/RandomSecret::dev-password.*"value": "\[secret\]"/s);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(["versions.json", "doctor.json", "services.json", "status.json"]),
    );
  });

  it("leaves logs out where a state cannot be opened, and says so", async () => {
    writeFileSync(join(home, "dev/logs/tracking.log"), log());
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "another passphrase");
    const files = await unpacked();
    expect(files.has("tracking.log")).toBe(false);
    expect(files.get("left-out.txt")).toMatch(/wrong passphrase/);
    expect(files.get("local-dev.json")).toContain("[secret]");
  });

  it("overwrites nothing", async () => {
    const file = join(home, "there.tar.gz");
    writeFileSync(file, "mine");
    await expect(supportBundle(file, 10)).rejects.toThrow(/is there already: name another file by --out/);
    expect(readFileSync(file, "utf8")).toBe("mine");
  });
});

it("leaves what is no secret as it is", () => {
  const text =
    "model bank-churn@champion of run 0123456789abcdef passed 9 gates; keys: 3; tokens of 2 workloads";
  expect(redactor([])(text)).toBe(text);
});

it("takes of an address its signature, and of a document what opens something", () => {
  expect(essence("http://127.0.0.1:4711/eclusedev/data?sv=2025&sig=a%2Bb")).toEqual(["a%2Bb", "a+b"]);
  const jobs = { env: { PATH: "/usr/bin", API_TOKEN: "t0ken", URL: "http://x/y?sig=z" } };
  expect(essence(JSON.stringify({ jobs: [jobs] }))).toEqual(["t0ken", "z", "z"]);
  expect(essence("{no document")).toEqual(["{no document"]);
});
