import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { permissions } from "../../components/naming";
import { objectStore } from "./client";
import type { StoreAccount } from "./contract";
import { type RunningStore, startStore } from "./fixture";
import { objectStoreServer } from "./server";

const folder = mkdtempSync(join(tmpdir(), "ecluse-store-"));
let server: RunningStore;
let account: StoreAccount;

beforeAll(async () => {
  server = await startStore(folder);
  account = server.account;
  for (const container of ["data", "reports"]) await objectStore.makeContainer(account, container);
  await objectStore.makeContainer(account, "data");
});

afterAll(async () => {
  await server.end("SIGTERM");
  rmSync(folder, { recursive: true, maxRetries: 3 });
});

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

/** Whether the store lets one do it; an error that is no refusal is none of its answers. */
async function may(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing;
    return true;
  } catch (error) {
    if (objectStore.isRefusal(error)) return false;
    throw error;
  }
}

async function opened(container: string, permission: (typeof permissions)[number], expires = inHours(1)) {
  return objectStore.open(await objectStore.grant(account, { container, permission, expires }));
}

describe("a grant", () => {
  it.each(permissions)("%s lets one do what its words say, and nothing else", async (permission) => {
    await objectStore.openByKey(account, "data").write("there", "1");
    const container = await opened("data", permission);
    const found = {
      read: await may(container.read("there")),
      list: await may(container.list()),
      make: await may(container.write(`new-${permission}`, "2")),
      replace: await may(container.write("there", "3")),
      delete: await may(container.remove("there")),
    };
    const words = permission.split("-");
    const [read, write] = [words.includes("read"), words.includes("write")];
    expect(found).toEqual({
      read,
      list: read,
      make: write,
      replace: write,
      delete: words.includes("delete"),
    });
  });

  it("opens its own container and no other, and nothing after its end", async () => {
    const url = await objectStore.grant(account, {
      container: "data",
      permission: "read",
      expires: inHours(1),
    });
    expect(await may(objectStore.open(url).list())).toBe(true);
    expect(await may(objectStore.open(url.replace("/data?", "/reports?")).list())).toBe(false);
    expect(await may((await opened("data", "read", inHours(-1))).list())).toBe(false);
  });

  it("opens nothing without its secret, which is in it as it is", async () => {
    const url = await objectStore.grant(account, {
      container: "data",
      permission: "read",
      expires: inHours(1),
    });
    const secret = objectStore.secretOf(url);
    const guessed = url.replace(encodeURIComponent(secret), encodeURIComponent(`${secret.slice(4)}AAAA`));
    expect(guessed).not.toBe(url);
    expect(await may(objectStore.open(guessed).list())).toBe(false);
    expect(await may(objectStore.open(url.split("?")[0] as string).list())).toBe(false);
    expect(() => objectStore.secretOf("http://127.0.0.1:1/a/data")).toThrow(
      /has no signature: run ecluse up/,
    );
  });
});

it("another key opens nothing", async () => {
  const other = {
    ...account,
    key: randomBytes(objectStoreServer.key.bytes).toString(objectStoreServer.key.encoding),
  };
  expect(await may(objectStore.openByKey(other, "data").list())).toBe(false);
});

it("names are listed in order, below their prefix, and contents come back as they went", async () => {
  const container = await opened("reports", "read-write-delete");
  for (const name of ["a/2", "a/1", "b/1"]) await container.write(name, `é ${name}`);
  expect(await container.list("a/")).toEqual(["a/1", "a/2"]);
  expect((await container.read("a/1")).toString()).toBe("é a/1");
  await container.remove("a/1");
  expect(await container.list()).toEqual(["a/2", "b/1"]);
});
