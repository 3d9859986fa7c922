// How long the platform takes and how much memory it holds: `npm run bench`. Uses a home of its own, and removes it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { table } from "../cli/table";
import { listProjects } from "../local/forge/projects";
import { listPipelines } from "../local/forge/records";
import { nodeBinary, projectRoot } from "../local/home";
import { isReady } from "../local/provider/kinds/service";
import { managerPid, python, servicePid, serviceStates } from "../local/provider/supervisor";
import { pss } from "./memory";

const home = mkdtempSync(join(tmpdir(), "ecluse-bench-"));
process.env.ECLUSE_HOME = home;

/** Runs the command line; gives the seconds it took. */
async function timed(...words: string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(nodeBinary, ["--import", "tsx", "cli/main.ts", ...words], {
    cwd: projectRoot,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`ecluse ${words.join(" ")} ended with ${code}`);
  return (performance.now() - began) / 1000;
}

async function memory(): Promise<string[][]> {
  const rows: string[][] = [];
  let sum = 0;
  for (const environment of ["forge", "dev", "prod"]) {
    for (const name of Object.keys(await serviceStates(environment))) {
      const size = pss((await servicePid(environment, name)) as number);
      rows.push([`${environment}/${name}`, size.toFixed(0)]);
    }
    sum += pss(managerPid(environment) as number);
  }
  return [["service", "PSS MiB"], ...rows, ["all, with process managers", sum.toFixed(0)]];
}

const jobs = () =>
  listProjects(home)
    .flatMap((project) => listPipelines(home, project.id))
    .flatMap((record) => record.jobs)
    .filter(({ status }) => status === "passed")
    .map(({ name, seconds = 0 }) => [name, seconds.toFixed(1)]);

/**
 * Seconds until a stock MLflow server of the same version answers, and its memory: what the platform's own is
 * compared with.
 */
async function stockServer(): Promise<{ seconds: number; size: number }> {
  const port = 31_987;
  const began = performance.now();
  const words = [
    "-m",
    "mlflow",
    "server",
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "--workers",
    "1",
    "--backend-store-uri",
    `sqlite:///${home}/stock.db`,
  ];
  const child = spawn(python, words, {
    cwd: home,
    stdio: "ignore",
    env: { PATH: "/usr/bin:/bin", HOME: home, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" },
  });
  while (!(await isReady(`http://127.0.0.1:${port}/health`)))
    await new Promise((resolve) => setTimeout(resolve, 50));
  const found = { seconds: (performance.now() - began) / 1000, size: pss(child.pid as number) };
  child.kill();
  return found;
}

async function main(): Promise<void> {
  const warm = await timed("run", "--all");
  const unchanged = await timed("run", "--all");
  const held = await memory();
  const tracking = Number(held.find(([name]) => name === "prod/tracking")?.[1]);
  const stock = await stockServer();
  await timed("stop");
  const restart = await timed("start");
  await timed("stop");
  console.log(`${cpus().length} × ${cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}\n`);
  console.log(
    table([
      ["main job", "seconds"],
      ["warm: everything installed, no state", warm.toFixed(0)],
      ["unchanged", unchanged.toFixed(1)],
      ["start after stop", restart.toFixed(1)],
    ]),
  );
  console.log(`\n${table([["job", "seconds"], ...jobs()])}\n\n${table(held)}\n`);
  console.log(
    `tracking server / stock \`mlflow server\`: memory ${(tracking / stock.size).toFixed(2)} (stock ` +
      `${stock.size.toFixed(0)} MiB, ready after ${stock.seconds.toFixed(1)} s)`,
  );
}

main()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(() => rmSync(home, { recursive: true, force: true }));
