import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reveal, secret } from "../../protocol/properties";
import { Crypter } from "./crypter";
import { digest } from "./json";
import { readStack } from "./state";
import { Fixture } from "./testdata/harness";

vi.setConfig({ testTimeout: 90_000 });
const token = "hush-hush-token";
let stack: Fixture;
beforeEach(() => {
  stack = new Fixture();
});
afterEach(() => stack.remove());

test("secrets are encrypted in the state, read back, and shown nowhere", async () => {
  const result = await stack.up("secrets", {}, { secretConfig: { token } });
  expect(result.outputs).toEqual({ token: secret(token), content: secret(token), open: "open" });
  // The provider got the real text.
  expect(stack.file("hidden")).toBe(token);

  expect(readFileSync(stack.stateFile, "utf8")).not.toContain(token);
  const sealed = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: expect.stringMatching(/^v1:[\w+/]{16}:[\w+/=]+$/),
  };
  expect(stack.states("hidden")[0]?.inputs?.content).toEqual(sealed);
  expect(stack.states("hidden")[0]?.outputs?.content).toEqual(sealed);
  expect(stack.states("marked")[0]?.outputs?.size).toEqual(sealed);
  expect(stack.states("marked")[0]?.outputs?.content).toBe("plain");

  // The program logs its token on purpose.
  expect(stack.output()).toContain("the token is [secret]");
  expect(stack.output()).not.toContain(token);
  expect(JSON.stringify(digest(result))).not.toContain(token);
  expect(digest(result)).toMatchObject({ config: { "fixture:token": "[secret]" } });

  const read = await readStack(join(stack.dir, "state"), "dev", "correct horse");
  expect(reveal(read?.outputs ?? {})).toEqual({ token, content: token, open: "open" });
});

test("an unchanged secret keeps its ciphertext", async () => {
  await stack.up("secrets", {}, { secretConfig: { token } });
  const before = readFileSync(stack.stateFile, "utf8");
  const again = await stack.up("secrets", {}, { secretConfig: { token } });
  expect(again.changes).toEqual({ same: 3 });
  expect(readFileSync(stack.stateFile, "utf8")).toBe(before);
});

test("an error of the provider does not show the secret that it quotes", async () => {
  const failing = stack.up("secrets", {}, { secretConfig: { token: "quote me: fail" } });
  await expect(failing).rejects.toThrow(/cannot write \[secret\]/);
  expect(stack.output()).not.toContain("quote me");
});

test("a wrong passphrase changes nothing", async () => {
  await stack.up("secrets", {}, { secretConfig: { token } });
  const before = readFileSync(stack.stateFile, "utf8");
  const wrong = { secretConfig: { token }, passphrase: "wrong" };
  await expect(stack.up("secrets", {}, wrong)).rejects.toThrow(/dev\.json: wrong passphrase; give the one/);
  await expect(stack.destroy(wrong)).rejects.toThrow(/wrong passphrase/);
  await expect(readStack(join(stack.dir, "state"), "dev", "wrong")).rejects.toThrow(/wrong passphrase/);
  await expect(readStack(join(stack.dir, "state"), "dev")).rejects.toThrow(
    /give the passphrase of the stack/,
  );
  await expect(stack.up("secrets", {}, { passphrase: "" })).rejects.toThrow(/up needs the passphrase/);
  expect(readFileSync(stack.stateFile, "utf8")).toBe(before);
});

test("a damaged secret in the state is named", async () => {
  await stack.up("secrets", {}, { secretConfig: { token } });
  const text = readFileSync(stack.stateFile, "utf8");
  writeFileSync(stack.stateFile, text.replace(/("ciphertext": "v1:.{16}:)..../, "$1AAAA"));
  await expect(stack.up("secrets", {}, { secretConfig: { token } })).rejects.toThrow(
    /secret cannot be decrypted/,
  );
});

test("secure values of the stack's settings are decrypted with its salt", async () => {
  const crypter = await Crypter.create("correct horse");
  const secure = crypter.encrypt(token, "test");
  const program = join(__dirname, "testdata", "program");
  writeFileSync(
    join(stack.dir, "Pulumi.yaml"),
    `name: fixture\nruntime: nodejs\nmain: ${program}/index.ts\nconfig:\n  content: from the project\n` +
      `plugins: { providers: [{ name: files, path: ${__dirname}/testdata/provider }] }\n`,
  );
  const settings = join(stack.dir, "Pulumi.dev.yaml");
  writeFileSync(
    settings,
    `encryptionsalt: ${crypter.salt}\nconfig:\n  fixture:token:\n    secure: ${secure}\n  fixture:list: ` +
      `[1, {a: true}]\n`,
  );
  const result = await stack.up("settings", {}, { projectDir: stack.dir });
  expect(result.outputs).toEqual({
    token: secret(token),
    content: "from the project",
    list: [1, { a: true }],
  });
  expect(stack.document().deployment.secrets_providers?.state?.salt).toBe(crypter.salt);

  const wrong = stack.up("settings", {}, { projectDir: stack.dir, passphrase: "wrong" });
  await expect(wrong).rejects.toThrow(/Pulumi\.dev\.yaml: wrong passphrase/);
  writeFileSync(settings, `config:\n  fixture:token:\n    secure: ${secure}\n`);
  await expect(stack.preview("settings", {}, { projectDir: stack.dir })).rejects.toThrow(
    /fixture:token is secure: it needs encryptionsalt/,
  );
});

test("what the config shows in the clear is no secret, wherever else it stands", async () => {
  await stack.up("secrets", { content: "hush-hush" }, { secretConfig: { token: "hush-hush" } });
  expect(stack.output()).toContain("the token is hush-hush");
});

test("a stack whose secrets a key vault keeps can be previewed, and nothing more", async () => {
  const program = join(__dirname, "testdata", "program");
  writeFileSync(
    join(stack.dir, "Pulumi.yaml"),
    `name: fixture\nruntime: nodejs\nmain: ${program}/index.ts\n`,
  );
  writeFileSync(
    join(stack.dir, "Pulumi.dev.yaml"),
    "secretsprovider: azurekeyvault://kv.vault.azure.net/keys/k\nencryptedkey: sealed\n",
  );
  const vault = { projectDir: stack.dir };
  expect((await stack.preview("absent", {}, vault)).changes).toEqual({ create: 3 });
  await expect(stack.up("absent", {}, vault)).rejects.toThrow(
    /secretsprovider "azurekeyvault:.*" is for the Pulumi CLI; use that/,
  );
});

test("a stack reads another's outputs, and its secret ones only with its passphrase", async () => {
  await stack.up("secrets", {}, { secretConfig: { token } });
  const reader = { stack: "prod", passphrase: "another" };
  const without = await stack.up("reference", { other: "dev" }, reader);
  expect(without.outputs).toEqual({ open: "open" });
  expect(stack.output()).toContain("left out the secret outputs content, token");

  const allowed = { ...reader, passphrases: { dev: "correct horse" } };
  const full = await stack.up("reference", { other: "organization/fixture/dev" }, allowed);
  expect(full.outputs).toEqual({ open: "open", token: secret(token) });

  await expect(stack.up("reference", { other: "nowhere" }, reader)).rejects.toThrow(
    /nowhere\.json does not exist/,
  );
  await expect(stack.up("reference", { other: "o/elsewhere/dev" }, reader)).rejects.toThrow(
    /only stacks of project/,
  );
});
