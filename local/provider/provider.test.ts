import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSecret, secret, UNKNOWN } from "../../protocol/properties";
import { LocalProvider } from "./provider";

const provider = new LocalProvider();
const urn = (type: string) => `urn:pulumi:s::ecluse::ecluse-local:index:${type}::thing`;
const listeners: Server[] = [];
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ecluse-provider-"));
  process.env.ECLUSE_HOME = home;
});

afterEach(() => {
  for (const server of listeners.splice(0)) server.close();
  rmSync(home, { recursive: true });
  delete process.env.ECLUSE_HOME;
});

async function occupy(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  listeners.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  return (server.address() as { port: number }).port;
}

describe("check", () => {
  it.each([
    [
      "an input that there is not",
      { environment: "dev", name: "a", colour: "red" },
      "colour",
      /is not an input/,
    ],
    ["a missing input", { environment: "dev" }, "name", /is missing/],
    ["a wrong type", { environment: "dev", name: "a", wanted: "x" }, "wanted", /must be number, got string/],
    [
      "a port out of range",
      { environment: "dev", name: "blob", wanted: 80 },
      "wanted",
      /ecluse:ports\.blob must be a port/,
    ],
  ])("names %s", async (_, inputs, property, reason) => {
    const { failures } = await provider.check(urn("Port"), {}, inputs);
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  it("names the permissions that there are", async () => {
    const account = { endpoint: "http://127.0.0.1:1/a", account: "a", key: "YQ==" };
    const inputs = { ...account, container: "data", permission: "all" };
    const { failures } = await provider.check(urn("BlobAccess"), {}, inputs);
    const reason = "must be one of read, write, read-write, read-write-delete, got all";
    expect(failures).toEqual([{ property: "permission", reason }]);
  });

  it("takes a value that is not known yet", async () => {
    expect(
      (await provider.check(urn("Port"), {}, { environment: "dev", name: UNKNOWN, wanted: UNKNOWN }))
        .failures,
    ).toEqual([]);
  });

  it("names an unknown type", async () => {
    await expect(provider.check(urn("Porch"), {}, {})).rejects.toThrow(
      /unknown resource type ecluse-local:index:Porch/,
    );
  });
});

describe("secrets", () => {
  it("are marked in what create gives, and no change when only the mark differs", async () => {
    const { outs } = await provider.create(urn("RandomSecret"), { bytes: 32, encoding: "hex" });
    expect(isSecret(outs.value)).toBe(true);
    expect(outs.value.value).toMatch(/^[0-9a-f]{64}$/);
    const same = await provider.diff("thing", urn("RandomSecret"), outs, {
      bytes: secret(32),
      encoding: "hex",
    });
    expect(same.changes).toBe(false);
  });

  it("are never the same twice", async () => {
    const draw = async () =>
      (await provider.create(urn("RandomSecret"), { bytes: 32, encoding: "hex" })).outs.value.value;
    expect(await draw()).not.toBe(await draw());
  });
});

describe("diff", () => {
  it("replaces where there is no update, and removes the old one first", async () => {
    const found = await provider.diff("thing", urn("Keypair"), { use: "a" }, { use: "b" });
    expect(found).toEqual({ changes: true, replaces: ["use"], deleteBeforeReplace: true });
  });

  it("replaces a signed URL in its last 30 days", async () => {
    const inputs = {
      endpoint: "http://127.0.0.1:1/a",
      account: "a",
      key: "YQ==",
      container: "data",
      permission: "read",
    };
    const ends = (days: number) => ({
      ...inputs,
      expires: new Date(Date.now() + days * 86_400_000).toISOString(),
    });
    expect((await provider.diff("t", urn("BlobAccess"), ends(40), inputs)).changes).toBe(false);
    expect(await provider.diff("t", urn("BlobAccess"), ends(20), inputs)).toMatchObject({
      changes: true,
      replaces: ["endpoint"],
    });
  });
});

describe("Port", () => {
  it("says which key asks for a port that is taken, and what to do", async () => {
    const wanted = await occupy();
    const making = provider.create(urn("Port"), { environment: "dev", name: "tracking", wanted });
    await expect(making).rejects.toThrow(
      `port ${wanted} (ecluse:ports.tracking of dev) is taken: set another`,
    );
  });

  it("gives two services two ports, and frees one when it is removed", async () => {
    const one = await provider.create(urn("Port"), { environment: "dev", name: "a" });
    const two = await provider.create(urn("Port"), { environment: "dev", name: "b" });
    expect(one.outs.port).not.toBe(two.outs.port);
    await expect(
      provider.create(urn("Port"), { environment: "prod", name: "c", wanted: one.outs.port }),
    ).rejects.toThrow(/is taken/);
    await provider.delete("a", urn("Port"), one.outs);
    expect(readdirSync(join(home, "ports"))).toEqual([String(two.outs.port)]);
  });
});
