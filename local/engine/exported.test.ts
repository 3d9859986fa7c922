import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { placeholders } from "../../cli/placeholders";
import { UNKNOWN } from "../../protocol/properties";
import { Crypter } from "./crypter";
import { type Document, encode, type ResourceState } from "./document";
import { Fixture } from "./testdata/harness";

vi.setConfig({ testTimeout: 90_000 });
const cloud = { projectDir: join(__dirname, "testdata/cloud"), passphrase: "correct horse" };
let stack: Fixture;
let file: string;
let exported: Document;

/** The stack as it would be exported after `up`, its secrets sealed with a passphrase. */
async function exportedState(passphrase: string): Promise<Document> {
  const { fill } = placeholders("s");
  const { steps } = await stack.preview("environment", {}, { ...cloud, fill });
  const resources = steps.flatMap(({ newState }) => newState ?? []);
  const document = encode({ resources, pending: [] }, await Crypter.create(passphrase));
  return JSON.parse(JSON.stringify(document).replaceAll(UNKNOWN, "made-by-the-cloud")) as Document;
}

beforeAll(async () => {
  stack = new Fixture();
  file = join(stack.dir, "exported.json");
  exported = await exportedState("correct horse");
});
beforeEach(() => write(exported));
afterAll(() => stack.remove());

const write = (document: object) => writeFileSync(file, JSON.stringify(document));

/** Changes one resource of the state, by its name. */
const changed = (name: string, change: (state: ResourceState) => object): Document => ({
  ...exported,
  deployment: {
    ...exported.deployment,
    resources: (exported.deployment.resources ?? []).map((state) =>
      state.urn.endsWith(`::${name}`) ? ({ ...state, ...change(state) } as ResourceState) : state,
    ),
  },
});

const compare = (config: Record<string, string> = {}, passphrase: string | undefined = cloud.passphrase) =>
  stack.preview("environment", config, { ...cloud, passphrase, stateFile: file });

const store = "urn:pulumi:dev::cloud::fixture:index:Store\\$azure-native:storage:";

test("an unchanged program changes nothing; ignored changes do not count", async () => {
  const same = await compare({ sku: "Standard_LRS" });
  expect(same.changes).toEqual({ same: 13 });
  expect(same.outputs.endpoint).toBe("https://stfixture.blob.core.windows.net/");
});

test("a harmless edit updates one resource, and what depends on it still knows its name", async () => {
  const { changes, steps } = await compare({ owner: "others" });
  expect(changes).toEqual({ same: 11, update: 2 });
  const updated = steps.filter(({ op }) => op === "update").map(({ urn }) => urn.split("::").at(-1));
  expect(updated.sort()).toEqual(["account", "group"]);
});

test("a protected resource that must be replaced is refused by name, with what changed", async () => {
  await expect(compare({ account: "stother" })).rejects.toThrow(
    new RegExp(
      `^resource "${store}StorageAccount::account" cannot be replaced because it is protected: ` +
        "accountName changed; undo that",
    ),
  );
});

test("a preview names all protected resources that would be lost", async () => {
  const lost = await compare({ store: "none" }).then(
    () => "",
    (error: Error) => error.message,
  );
  expect(lost.split("\n").map((line) => /::(\w+)" cannot be deleted/.exec(line)?.[1])).toEqual([
    "account",
    "data",
  ]);
});

test("what takes the name of a replaced one would be lost too, and is named", async () => {
  await expect(compare({ account: "stother" })).rejects.toThrow(
    /::account" cannot be replaced .*\n.*::data" cannot be replaced because it is protected: accountName changed/,
  );
});

test("a replacement by a path with a wildcard is refused with the very path", async () => {
  await expect(compare({ range: "0.0.0.0/0" })).rejects.toThrow(
    /cannot be replaced because it is protected: networkRuleSet\.ipRules\[0\]\.iPAddressOrRange changed/,
  );
});

test("taking the protection off in the same edit does not help", async () => {
  await expect(compare({ account: "stother", protect: "false" })).rejects.toThrow(
    /StorageAccount::account" cannot be replaced because it is protected/,
  );
});

test("a protected resource that the program no longer has is refused", async () => {
  await expect(compare({ store: "none" })).rejects.toThrow(
    new RegExp(
      `^resource "${store}.*" cannot be deleted because it is protected: the program no longer has it`,
    ),
  );
});

test("what is not protected is replaced, and those that take its id count as changed", async () => {
  write(changed("account", () => ({ protect: false })));
  // The container is protected, and its account's name is not known once the account is replaced.
  await expect(compare({ account: "stother" })).rejects.toThrow(
    /BlobContainer::data" cannot be replaced because it is protected: accountName changed/,
  );
});

test.each([
  ["passphrase", { type: "passphrase", state: { salt: "" } }],
  ["azurekeyvault", { type: "azurekeyvault", state: { keyurl: "azurekeyvault://v/keys/k" } }],
])("secrets of another %s count as unchanged, which is said", async (type, provider) => {
  const other = await Crypter.create("another");
  const secrets_providers = type === "passphrase" ? { type, state: { salt: other.salt } } : provider;
  write({ ...exported, deployment: { ...exported.deployment, secrets_providers } });
  expect((await compare()).changes).toEqual({ same: 13 });
  expect(stack.output()).toContain(`its secrets (provider \\"${type}\\") are not of this passphrase`);
});

test("secrets of this passphrase are compared", async () => {
  const sealed = await Crypter.open(
    "correct horse",
    exported.deployment.secrets_providers?.state?.salt ?? "",
    "",
  );
  const [login] = (exported.deployment.resources ?? []).filter(({ urn }) => urn.endsWith("::login"));
  const ciphertext = sealed.encrypt(JSON.stringify({ password: "an older one" }), "");
  const stringData = { ...(login?.inputs?.stringData as object), ciphertext };
  write(changed("login", (state) => ({ inputs: { ...state.inputs, stringData } })));
  const { steps } = await compare();
  expect(steps.filter(({ op }) => op !== "same").map(({ op, keys }) => [op, keys])).toEqual([
    ["update", ["stringData"]],
  ]);
  expect(stack.output()).not.toContain("an older one");
});

test(
  "what a bridged provider adds to the state is no change, another version of a package is one, and an " +
    "alias finds what it names",
  async () => {
    const marks = changed("password", (state) => ({
      inputs: { ...state.inputs, special: true, __defaults: ["special"] },
    }));
    write(marks);
    expect((await compare()).changes).toEqual({ same: 13 });
    const [azure] = (exported.deployment.resources ?? []).filter(({ urn }) => urn.endsWith("::azure"));
    expect(azure?.inputs).toMatchObject({ version: expect.stringMatching(/^3\./), __internal: {} });
    write(changed("azure", (state) => ({ inputs: { ...state.inputs, version: "3.0.0" } })));
    expect((await compare()).changes).toEqual({ same: 12, update: 1 });
    write(
      JSON.parse(
        JSON.stringify(exported).replaceAll("ManagedCluster::cluster", "ManagedCluster::former-cluster"),
      ),
    );
    expect((await compare()).changes).toEqual({ same: 13 });
  },
);

test("the state of another stack, and what is no state, are refused by name", async () => {
  write(JSON.parse(JSON.stringify(exported).replaceAll("urn:pulumi:dev::", "urn:pulumi:prod::")));
  await expect(compare()).rejects.toThrow(/is the state of stack "prod" of project "cloud", not of "dev"/);
  write({ version: 3, checkpoint: {} });
  await expect(compare()).rejects.toThrow(
    /is no exported state: "deployment" is missing; make it with pulumi stack export/,
  );
});
