import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { StoreAccount } from "./contract";
import { objectStoreServer } from "./server";

/** The laptop's object store, started for a test. */
export interface RunningStore {
  readonly account: StoreAccount;
  /** Ends it by a signal; resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the store on what a folder holds, and gives it when it listens; `former` is the account of its last run. */
export async function startStore(folder: string, former?: StoreAccount): Promise<RunningStore> {
  const account = former ?? newAccount(await freePort());
  const port = Number(new URL(account.endpoint).port);
  const [program = "", ...words] = objectStoreServer.command.map((word) =>
    typeof word === "string" ? word : word({ port, folder }),
  );
  const env = { ...objectStoreServer.secretEnv(account.account, account.key) };
  const child = spawn(program, words, { env, stdio: ["ignore", "ignore", "inherit"] });
  const gone = once(child, "exit");
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`the object store ended with ${child.exitCode}`);
    await wait(50);
  }
  return {
    account,
    async end(signal) {
      child.kill(signal);
      await gone;
    },
  };
}

function newAccount(port: number): StoreAccount {
  const { account: accountOf, endpoint, key } = objectStoreServer;
  const account = accountOf("dev-a");
  return {
    endpoint: endpoint(account, port),
    account,
    key: randomBytes(key.bytes).toString(key.encoding),
  };
}

/** A port of loopback that nothing listens on. */
export const freePort = () =>
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
