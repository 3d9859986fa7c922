import { describe, expect, it } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import { keypair } from "../../local/provider/kinds/keypair";
import { isSecret, type Properties, reveal, secret } from "../../protocol/properties";
import { pemBlocks, publicHalves } from "../pem";
import { Progress } from "../progress";
import { rotate } from "./rotate";
import { renewed } from "./secrets";
import { olderChampion } from "./signatures";

const resource = (type: string, name: string, outputs: Properties): ResourceState => ({
  urn: `urn:pulumi:local-dev::ecluse::ecluse-local:index:${type}::dev-${name}`,
  ...{ type: `ecluse-local:index:${type}`, custom: true, id: name, outputs },
});
const random = (name: string, value: string) =>
  resource("RandomSecret", name, { bytes: 32, encoding: "hex", value: secret(value) });
const [first, other] = ["a".repeat(64), "b".repeat(64)];
const textOf = (state?: ResourceState) => String(reveal(state?.outputs ?? {}).value);

describe("a rotation", () => {
  it("replaces the named secret, and no other", async () => {
    const states = [random("database-role-password", first), random("store-key", other)];
    const [password, key] = await renewed(states, "dev", ["database-password"]);
    expect(textOf(password)).toMatch(/^[0-9a-f]{64}$/);
    expect(textOf(password)).not.toBe(first);
    expect(isSecret(password?.outputs?.value)).toBe(true);
    expect(Date.parse(password?.modified ?? "")).toBeGreaterThan(Date.now() - 60_000);
    expect(key).toBe(states[1]);
  });

  it("leaves another environment's alone", async () => {
    const states = [random("store-key", first)];
    expect(await renewed(states, "prod", ["store-key"])).toEqual(states);
  });

  it("of the session key keeps the former one for cookies that are out, and drops the one before", async () => {
    const once = await renewed([random("tracking-session-key", first)], "dev", ["session-key"]);
    const [second, former] = textOf(once[0]).split(",");
    expect(former).toBe(first);
    const [twice] = await renewed(once, "dev", ["session-key"]);
    expect(textOf(twice).split(",").slice(1)).toEqual([second]);
  });

  it("of the workload key publishes both keys, signs by the new one, and drops the one before", async () => {
    const made = await keypair.create({ use: "workload tokens" });
    const outputs = { ...made, use: "workload tokens", privateKey: secret(made.privateKey) };
    const once = await renewed([resource("Keypair", "workload-key", outputs)], "dev", ["workload-key"]);
    const [key, former] = JSON.parse(String(once[0]?.outputs?.jwk)) as { kid: string }[];
    expect(former).toEqual(JSON.parse(made.jwk));
    expect(reveal(once[0]?.outputs ?? {}).privateKey).not.toBe(made.privateKey);
    const [twice] = await renewed(once, "dev", ["workload-key"]);
    const kids = (JSON.parse(String(twice?.outputs?.jwk)) as { kid: string }[]).map(({ kid }) => kid);
    expect(kids).toEqual([expect.any(String), key?.kid]);
    expect(kids[0]).not.toBe(key?.kid);
  });
});

it("of the signing key keeps the former public half for what it signed, and drops the one before", async () => {
  const made = await keypair.create({ use: "released models" });
  const outputs = { ...made, use: "released models", privateKey: secret(made.privateKey) };
  const once = await renewed([resource("Keypair", "signing-key", outputs)], "dev", ["signing-key"]);
  const { publicKey, privateKey } = reveal(once[0]?.outputs ?? {});
  expect(pemBlocks(String(publicKey))[1]).toBe(made.publicKey);
  expect(publicHalves(String(privateKey))).toBe(publicKey);
  expect(String(privateKey).match(/PRIVATE KEY-----$/gm)).toHaveLength(2);
  const [twice] = await renewed(once, "dev", ["signing-key"]);
  expect(String(twice?.outputs?.publicKey)).not.toContain(made.publicKey);
  expect(pemBlocks(String(twice?.outputs?.publicKey))[1]).toBe(pemBlocks(String(publicKey))[0]);
});

it("of the signing key is refused while a champion is signed by the key before", () => {
  const versions = [
    {
      version: "3",
      champion: false,
      refused: "the manifest is not signed by this environment's release key",
    },
    { version: "2", champion: true, refused: null },
  ];
  expect(olderChampion(versions)).toBeUndefined();
  expect(olderChampion(versions.map((each) => ({ ...each, champion: true })))).toBe("3");
});

it.each([
  ["database-admin-password", /is not rotated by a command: no service has it/],
  ["passwords", /passwords: use some of database-password, store-key/],
])("refuses %s, and says why", async (name, words) => {
  const session = { progress: new Progress(), signal: new AbortController().signal };
  await expect(rotate(session, [name])).rejects.toThrow(words);
});
