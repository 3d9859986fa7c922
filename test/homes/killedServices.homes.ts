import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { postgresCommand } from "../../components/local/database";
import { temporaryFolder } from "../../local/forge/fixture";
import { objectStore } from "../../local/objectStore/client";
import type { StoreAccount } from "../../local/objectStore/contract";
import { freePort, startStore } from "../../local/objectStore/fixture";
import { postgresCluster } from "../../local/provider/kinds/postgresCluster";

// Attack: a service is killed while it works, again and again. The blob store had answered for 35 predictions, and knew
// 30 of them when it was back: it wrote the names of its blobs to the disk every five seconds.

/** What is written, and the container that it goes to. */
const kinds = {
  inference: (turn: number) => `bank-churn/date=2026-01-31/${turn}.parquet`,
  artifacts: (turn: number) => `bank-churn/models/${turn}/model.skops`,
  data: (turn: number) => `bank-churn/customers/date=2026-01-31/part-${turn}.parquet`,
  reports: (turn: number) => `bank-churn/monitor/${turn}.json`,
};
type Container = keyof typeof kinds;
const containers = Object.keys(kinds) as Container[];

/** What a store must have, or not have any more, by container and name. */
type Kept = Map<string, { container: Container; name: string; content: string | undefined }>;

/** Writes until `over`, and notes what the store acknowledged. A fifth of it is overwritten, a fifth is removed. */
async function write(account: StoreAccount, container: Container, kept: Kept, over: AbortSignal) {
  const opened = objectStore.openByKey(account, container);
  const round = randomBytes(4).toString("hex");
  for (let turn = 0; !over.aborted; turn++) {
    const name = kinds[container](turn).replace("bank-churn", `bank-churn-${round}`);
    /** Nothing is known of the name while it changes. */
    const change = async (content?: string) => {
      kept.delete(`${container}/${name}`);
      await (content === undefined ? opened.remove(name) : opened.write(name, content));
      if (!over.aborted) kept.set(`${container}/${name}`, { container, name, content });
    };
    const content = () => randomBytes(randomInt(1, 20_000)).toString("base64");
    await change(content());
    if (turn % 5 === 1) await change(content());
    if (turn % 5 === 2) await change();
  }
}

/** What is not as it was acknowledged. */
async function lost(account: StoreAccount, kept: Kept): Promise<string[]> {
  const found = await Promise.all(
    [...kept.values()].map(async ({ container, name, content }) => {
      const bytes = await objectStore
        .openByKey(account, container)
        .read(name)
        .catch(() => undefined);
      return bytes?.toString() === content ? [] : [`${container}/${name}`];
    }),
  );
  return found.flat();
}

describe("the object store, killed while it is written to", () => {
  it("has every prediction, model, row and report that it acknowledged, to the byte", async () => {
    const folder = temporaryFolder("killed store-");
    const kept: Kept = new Map();
    let store = await startStore(folder);
    onTestFinished(() => store.end("SIGKILL"));
    for (const container of containers) await objectStore.makeContainer(store.account, container);
    for (let round = 0; round < 3; round++) {
      const over = new AbortController();
      const { account } = store;
      // A writer that the kill interrupts tries again for long: it is left to itself.
      for (const container of [...containers, ...containers])
        write(account, container, kept, over.signal).catch(() => {});
      await wait(randomInt(200, 900));
      await store.end("SIGKILL");
      over.abort();
      store = await startStore(folder, account);
      expect(await lost(account, kept)).toEqual([]);
    }
    expect(kept.size).toBeGreaterThan(20);
  });
});

/** Starts PostgreSQL on its data folder, as the platform does, in a process group of its own. */
function startPostgres(dataFolder: string, port: number): ChildProcess {
  const [program = "", ...words] = postgresCommand(dataFolder, String(port));
  const env = { LC_ALL: "C.UTF-8" };
  return spawn(program, words, { env, stdio: "ignore", detached: true });
}

/** Kills the server and all its workers at once. */
async function kill(server: ChildProcess): Promise<void> {
  const gone = once(server, "exit");
  process.kill(-(server.pid as number), "SIGKILL");
  await gone;
}

/** A connection, as soon as there is one. */
async function connected(port: number, password: string): Promise<Client> {
  for (;;) {
    const client = new Client({ host: "127.0.0.1", port, user: "postgres", password, database: "postgres" });
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch {
      await wait(100);
    }
  }
}

/** Inserts until the server is gone, and notes what it committed. */
async function insert(client: Client, writer: number, committed: Set<string>): Promise<void> {
  for (let turn = 0; ; turn++) {
    const id = `${writer}-${turn}-${randomBytes(4).toString("hex")}`;
    await client.query("INSERT INTO runs VALUES ($1)", [id]);
    committed.add(id);
  }
}

describe("PostgreSQL, killed while it is written to", () => {
  it("has every row that it committed", async () => {
    vi.stubEnv("ECLUSE_HOME", temporaryFolder("killed-postgres-"));
    const [password, port] = [randomBytes(24).toString("hex"), await freePort()];
    const { dataFolder } = await postgresCluster.create({ environment: "dev", password });
    const committed = new Set<string>();
    let server = startPostgres(dataFolder, port);
    onTestFinished(() => kill(server));
    const first = await connected(port, password);
    await first.query("CREATE TABLE runs (id text PRIMARY KEY)");
    await first.end();
    for (let round = 0; round < 2; round++) {
      const clients = await Promise.all([0, 1, 2, 3].map(() => connected(port, password)));
      const writers = clients.map((client, writer) => insert(client, writer, committed).catch(() => {}));
      await wait(randomInt(200, 900));
      await kill(server);
      await Promise.all(writers);
      server = startPostgres(dataFolder, port);
      const client = await connected(port, password);
      const { rows } = await client.query<{ id: string }>("SELECT id FROM runs");
      await client.end();
      const found = new Set(rows.map(({ id }) => id));
      expect([...committed].filter((id) => !found.has(id))).toEqual([]);
    }
    expect(committed.size).toBeGreaterThan(20);
  });
});
