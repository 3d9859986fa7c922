import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { permissions } from "../../components/naming";
import { objectStore } from "./client";
import type { StoreAccount } from "./contract";
import { objectStoreServer } from "./server";

const folder = mkdtempSync(join(tmpdir(), "ecluse-store-"));
let server: ChildProcess;
let account: StoreAccount;

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

beforeAll(async () => {
  const port = await freePort();
  const { account: accountOf, endpoint, key: form, command, secretEnv } = objectStoreServer;
  const name = accountOf("dev-a");
  const key = randomBytes(form.bytes).toString(form.encoding);
  const [program = "", ...words] = command.map((word) =>
    typeof word === "string" ? word : word({ port, folder }),
  );
  server = spawn(program, words, { env: secretEnv(name, key), stdio: "ignore" });
  while (!(await answers(port))) await wait(100);
  account = { endpoint: endpoint(name, port), account: name, key };
  for (const container of ["data", "reports"]) await objectStore.makeContainer(account, container);
  await objectStore.makeContainer(account, "data");
});

afterAll(async () => {
  server.kill();
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
