import { spawn } from "node:child_process";
import { chownSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { environmentFolder, isRoot, privateFolder } from "../../home";
import type { Kind } from "../kind";
import { asDatabaseUser, nobody, postgresFolder } from "../postgres";

/** A PostgreSQL data folder of its own. */
export interface PostgresClusterInputs {
  readonly environment: string;
  /** The superuser's password; its name is `postgres`. */
  readonly password: string;
}

const folder = (environment: string) => join(environmentFolder(environment), "postgres");

/**
 * Runs initdb; the password goes through a pipe of the shell's own, so that neither a file nor an argument holds it.
 */
async function initdb(data: string, password: string): Promise<void> {
  const script =
    'exec "$0" -D "$1" -U postgres -E UTF8 --locale=C.UTF-8 --data-checksums -A scram-sha-256 --pwfile=<(cat)';
  const command = asDatabaseUser(["/bin/bash", "-c", script, join(postgresFolder(), "bin/initdb"), data]);
  const child = spawn(command[0] as string, command.slice(1), {
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  child.stdin.end(`${password}\n`);
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`initdb of ${data} ended with ${code}: ${said.trim()}`);
}

/** `PostgresCluster`: its output is the data folder; the removal removes the data. */
export const postgresCluster: Kind<PostgresClusterInputs, { dataFolder: string }> = {
  inputs: { environment: "string", password: "string" },
  secrets: ["password"],
  async create({ environment, password }) {
    const parent = privateFolder(folder(environment));
    if (isRoot) chownSync(parent, nobody.uid, nobody.gid);
    const dataFolder = join(parent, "data");
    // PG_VERSION is among the first files initdb writes, global/pg_control the last that matters: a half-made folder
    // is made again.
    if (existsSync(dataFolder) && !existsSync(join(dataFolder, "global/pg_control")))
      rmSync(dataFolder, { recursive: true });
    if (!existsSync(dataFolder)) await initdb(dataFolder, password);
    return { dataFolder };
  },
  async delete({ environment }) {
    rmSync(folder(environment), { recursive: true, force: true });
  },
};
