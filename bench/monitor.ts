// What the monitor takes to judge a day of 1 and of 10 million rows of ten inputs, as a whole process, beside Evidently
// and NannyML: `npm run bench:monitor`. `--json` prints the figures alone, `--rows 1000000` measures that size alone.
// The peers get environments of their own.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { table } from "../cli/table";
import { projectRoot } from "../local/home";
import { python } from "../local/provider/supervisor";

/** The whole of a process. */
interface Used {
  readonly tool: string;
  readonly rows: number;
  readonly seconds: number;
  readonly cpu: number;
  readonly memory: number;
  readonly found: unknown;
}

const { values: given } = parseArgs({
  options: { json: { type: "boolean" }, rows: { type: "string", default: "1000000,10000000" } },
});
/** Both peers report their use to their makers, and wait for that. */
const quiet = { NML_DISABLE_USAGE_LOGGING: "1", DO_NOT_TRACK: "1", PYTHONWARNINGS: "ignore" };
const peers = [
  { tool: "evidently", packages: ["evidently", "pandas<3", "pyarrow"] },
  { tool: "nannyml", packages: ["nannyml", "pyarrow", "statsmodels"] },
];
const scripts = join(projectRoot, "bench/monitor");
const environments = join(homedir(), ".cache/ecluse/bench");

/** The Python that has a peer; undefined where it cannot be installed. */
function installed({ tool, packages }: (typeof peers)[number]): string | undefined {
  const folder = join(environments, tool);
  const own = join(folder, "bin/python");
  if (existsSync(join(folder, "installed"))) return own;
  const uv = (...words: string[]) => spawnSync(join(projectRoot, ".uv/bin/uv"), words, { stdio: "inherit" });
  uv("venv", "--quiet", "--clear", "--python", python, folder);
  const done = uv("pip", "install", "--quiet", "--compile-bytecode", "--python", own, ...packages);
  if (done.status !== 0) return undefined;
  spawnSync("touch", [join(folder, "installed")]);
  return own;
}

/** Runs a script to its end; gives the last line that it printed. */
function run(program: string, script: string, ...words: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [join(scripts, script), ...words], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...quiet, PATH: "/usr/bin:/bin", HOME: homedir(), PYTHONPATH: join(projectRoot, "python") },
    });
    let printed = "";
    child.stdout.on("data", (text) => {
      printed += text;
    });
    child.once("close", (code, signal) =>
      code === 0
        ? resolve(printed.trim().split("\n").at(-1) ?? "")
        : reject(new Error(`${script} ended with ${code ?? signal}`)),
    );
  });
}

async function measure(tool: string, program: string, folder: string, rows: number): Promise<Used> {
  const began = performance.now();
  const used = JSON.parse(await run(program, `with_${tool}.py`, folder));
  return { tool, rows, seconds: (performance.now() - began) / 1000, ...used };
}

async function measured(rows: number, programs: readonly (readonly [string, string])[]): Promise<Used[]> {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-bench-"));
  try {
    await run(python, "rows.py", folder, String(rows));
    const found: Used[] = [];
    for (const [tool, program] of programs) {
      try {
        found.push(await measure(tool, program, folder, rows));
      } catch (error) {
        console.error(`${tool}, ${rows} rows: ${(error as Error).message}`);
      }
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function shown(all: readonly Used[]): string {
  const rows = all.map(({ tool, rows, seconds, cpu, memory }) => {
    const own = all.find((each) => each.tool === "ecluse" && each.rows === rows);
    const ratio = own ? (cpu / own.cpu).toFixed(1) : "";
    return [tool, `${rows / 1e6}M × 10`, seconds.toFixed(2), cpu.toFixed(2), memory.toFixed(0), ratio];
  });
  return table([["monitor", "rows", "seconds", "CPU seconds", "MiB", "CPU, times ours"], ...rows]);
}

async function main(): Promise<void> {
  const others = peers.flatMap((peer) => {
    const program = installed(peer);
    if (!program) console.error(`${peer.tool} cannot be installed here: it is left out`);
    return program ? [[peer.tool, program] as const] : [];
  });
  const all: Used[] = [];
  for (const rows of given.rows.split(",").map(Number))
    all.push(...(await measured(rows, [["ecluse", python], ...others])));
  if (given.json) console.log(JSON.stringify(all, undefined, 1));
  else
    console.log(
      `${cpus().length} × ${cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}\n\n${shown(all)}`,
    );
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
