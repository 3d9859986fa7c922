import { setTimeout as sleep } from "node:timers/promises";
import { Client, type DatabaseError, escapeIdentifier, escapeLiteral } from "pg";
import type { Kind } from "../kind";

/** Databases of one role that can log in and owns nothing else. */
export interface DatabaseInputs {
  readonly port: number;
  readonly adminPassword: string;
  readonly role: string;
  readonly password: string;
  readonly databases: readonly string[];
}

const startSeconds = 60;
/** PostgreSQL's `cannot_connect_now`: it listens before it has started up. */
const startsUp = "57P03";

async function connected({ port, adminPassword: password }: DatabaseInputs): Promise<Client> {
  const until = Date.now() + startSeconds * 1000;
  for (;;) {
    const client = new Client({ host: "127.0.0.1", port, user: "postgres", password, database: "postgres" });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if ((error as DatabaseError).code !== startsUp || Date.now() > until) throw error;
    }
    await sleep(100);
  }
}

async function withAdmin<T>(inputs: DatabaseInputs, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connected(inputs);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ensureRole(client: Client, { role, password }: DatabaseInputs): Promise<void> {
  // A statement that fails must not take the password to the server's log.
  await client.query("SET log_min_error_statement = panic");
  const known = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
  const verb = known.rowCount ? "ALTER" : "CREATE";
  await client.query(
    `${verb} ROLE ${escapeIdentifier(role)} LOGIN NOCREATEDB NOCREATEROLE PASSWORD ${escapeLiteral(password)}`,
  );
}

async function ensureDatabase(client: Client, name: string, role: string): Promise<void> {
  const known = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
  if (!known.rowCount)
    await client.query(`CREATE DATABASE ${escapeIdentifier(name)} OWNER ${escapeIdentifier(role)}`);
  await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(name)} FROM PUBLIC`);
}

async function apply(inputs: DatabaseInputs): Promise<object> {
  await withAdmin(inputs, async (client) => {
    await ensureRole(client, inputs);
    for (const name of inputs.databases) await ensureDatabase(client, name, inputs.role);
    await client.query("REVOKE CONNECT ON DATABASE postgres FROM PUBLIC");
  });
  return {};
}

/** `Database`: a role and its databases, which no other role may enter. They go with their cluster. */
export const database: Kind<DatabaseInputs, object> = {
  inputs: {
    port: "number",
    adminPassword: "string",
    role: "string",
    password: "string",
    databases: "strings",
  },
  secrets: ["adminPassword", "password"],
  replaceOn: ["role"],
  create: apply,
  update: apply,
};
