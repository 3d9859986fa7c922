import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Journal } from "../../cli/journal";
import { Crypter } from "../../local/engine/crypter";
import { encode, type ResourceState } from "../../local/engine/document";
import { readStack, writeDocument } from "../../local/engine/state";
import { authenticate, Refused } from "../../local/forge/access";
import { temporaryFolder } from "../../local/forge/fixture";
import { openIssuer } from "../../local/forge/issuer";
import { createIssue, listIssues } from "../../local/forge/issues";
import { listProjects } from "../../local/forge/projects";
import { listPipelines, type PipelineRecord, savePipeline } from "../../local/forge/records";
import { setVariable, variablesFor } from "../../local/forge/variables";
import { readiness } from "../../local/provider/kinds/service";
import { workloadTrust } from "../../local/provider/kinds/workloadTrust";
import { sealKey } from "../../local/seal";
import { EngineError } from "../../protocol/errors";
import { secret } from "../../protocol/properties";

// Accident and attack: a file of the platform is cut off, empty, has other bits, or holds JSON of another kind. What
// cannot be read is said with the file and what to do, and is never written over. No error is one of the language's.

const home = temporaryFolder("damaged-");
const at = (name: string) => join(home, name);
const scope = { project: "1", environment: "prod", refProtected: true };
const TOKEN = `Bearer ${["{}", '{"iss":"https://prod.ecluse.local"}', "{}"].map((part) => btoa(part)).join(".")}`;

/** Each file, what reads it, and the name that an error says where that is another file: a key or what it opens. */
const files: Record<string, () => unknown> = {
  "stacks/local-dev.json": () => readStack(at("stacks"), "local-dev", "passphrase"),
  "keys/prod": () => variablesFor(home, scope),
  "forge/variables.json": () => variablesFor(home, scope),
  "forge/trust.json": () => authenticate(home, TOKEN),
  "forge/issuer.key": () => openIssuer(home, "http://127.0.0.1:1"),
  "forge/projects.json": () => listProjects(home),
  "forge/issues.json": () => listIssues(home, "1", { labels: [], search: "", state: "all" }),
  "forge/pipelines/1.json": () => listPipelines(home, "1"),
  "journal/churn.json": () => new Journal("churn").once("train", 1, async () => 1),
  "prod/services/store.json": () => readiness("prod"),
};

async function writeState(): Promise<void> {
  const base = { custom: true, inputs: { open: "word", hidden: secret("word") } };
  const urn = (name: string) => `urn:pulumi:dev::ecluse::files:index:File::${name}`;
  const resources = ["one", "two"].map((name) => ({ ...base, urn: urn(name), type: "files:index:File" }));
  const crypter = await Crypter.create("passphrase");
  const contents = { resources: resources as unknown as ResourceState[], pending: [] };
  await writeDocument(at("stacks/local-dev.json"), encode(contents, crypter));
}

beforeAll(async () => {
  vi.stubEnv("ECLUSE_HOME", home);
  await writeState();
  setVariable(home, {
    ...scope,
    key: "TOKEN",
    environmentScope: "prod",
    value: "v",
    masked: false,
    protected: true,
  });
  const trust = {
    environment: "prod",
    issuer: "https://prod.ecluse.local",
    jwks: { keys: [] },
    projects: ["1"],
  };
  await workloadTrust.create(trust);
  await openIssuer(home, "http://127.0.0.1:1");
  createIssue(home, "1", { title: "Drift", description: "", labels: [], author: "ada" });
  savePipeline(home, { id: "1", project: "1", status: "passed", jobs: [] } as unknown as PipelineRecord);
  await new Journal("churn").once("train", 1, async () => 1);
  const more = {
    "forge/projects.json": { next: 2, projects: [{ id: "1", path: "ecluse/churn", useCase: "churn" }] },
    "prod/services/store.json": { ready: "tcp://127.0.0.1:1" },
  };
  for (const [name, value] of Object.entries(more)) {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), JSON.stringify(value));
  }
});

/** Numbers that look random and come again: an error can be looked into. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

function flipped(good: Buffer, random: Generator<number, never>): Buffer {
  const bad = Buffer.from(good);
  const at = random.next().value % bad.length;
  bad[at] = (bad[at] ?? 0) ^ (1 << ((random.next().value >>> 16) % 8));
  return bad;
}

/** Every way in which a file is damaged here; `certain` are those that each reader must notice. */
function damages(good: Buffer, seed: number): { certain: Buffer[]; maybe: Buffer[] } {
  const random = numbers(seed);
  const cuts = [0.1, 0.5, 0.9].map((part) => good.subarray(0, Math.floor(good.length * part)));
  const odd = ["null", "{}", "[]", "[null]", '"text"', "7", "\0\0\0\0", ""].map((text) => Buffer.from(text));
  return { certain: cuts, maybe: [...odd, ...Array.from({ length: 60 }, () => flipped(good, random))] };
}

/** What a reader says to a damaged file: nothing, or an error that people can act on. */
async function said(name: string, bad: Buffer): Promise<string> {
  writeFileSync(at(name), bad);
  try {
    await files[name]?.();
    return "";
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof Refused)) throw error;
    expect(readFileSync(at(name)), "what cannot be read is kept").toEqual(bad);
    return error.message;
  }
}

describe.each(Object.keys(files))("%s", (name) => {
  it("is refused by its name and with what to do, and kept as it is, when it is damaged", async () => {
    const good = readFileSync(at(name));
    const seed = 20_261_128;
    const { certain, maybe } = damages(good, seed);
    for (const bad of certain) expect(await said(name, bad)).toMatch(/[Rr]estore/);
    for (const bad of [...certain, ...maybe]) {
      const message = await said(name, bad);
      if (message && !message.startsWith("401")) expect(message).toContain(at(name));
    }
    writeFileSync(at(name), good);
  });
});

it("a key that is another is said with what it cannot open", () => {
  const key = sealKey(home, "prod");
  writeFileSync(at("keys/prod"), sealKey(home, "other").toString("base64"));
  expect(() => variablesFor(home, scope)).toThrow(
    /TOKEN of prod in .*variables\.json .*keys\/prod.*restore both/,
  );
  writeFileSync(at("keys/prod"), key.toString("base64"));
  expect(variablesFor(home, scope)).toMatchObject([{ key: "TOKEN", value: "v" }]);
});
