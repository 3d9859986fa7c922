import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../local/home";
import { type Counts, checks, longSuites, type Suite, suites } from "./suites";

const none: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** Runs a suite to its end, its output passed on; gives its counts. */
async function run(suite: Suite, quiet: boolean): Promise<Counts> {
  const [program = "", ...words] = suite.command;
  const child = spawn(program, words, {
    cwd: suite.cwd ?? projectRoot,
    env: { ...process.env, PULUMI_ERROR_OUTPUT_STRING: "true", ...suite.env },
    stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null)).once("close", resolve);
  });
  if (code !== 0) process.stdout.write(said);
  return judged(suite, code);
}

function judged(suite: Suite, code: number | null): Counts {
  const counts = suite.counts?.() ?? { ...none, passed: code === 0 && !suite.counts ? 1 : 0 };
  // A suite that ends badly without a failed test has failed all the same: it did not load, or broke off.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  // Nothing ran, and nothing was left out by name: the suite was not found.
  if (code === 0 && suite.counts && counts.passed + counts.skipped === 0) counts.failed = 1;
  return counts;
}

/** The failed tests by suite, file and name; a suite that broke off has no test to name. */
function named(suite: Suite, { failed, failures }: Counts): string[] {
  if (failed > 0 && failures.length === 0) return [`${suite.name}, which ended badly; see its lines above`];
  return failures.map((failure) => `${suite.name}, ${failure}`);
}

/** The suites of those names; without names all but those that take minutes. */
function asked(reports: string, names: readonly string[]): readonly Suite[] {
  const usual = [...checks, ...suites(reports)];
  const all = [...usual, ...longSuites(reports)];
  const unknown = names.find((name) => !all.some((suite) => suite.name === name));
  if (unknown) throw new Error(`there is no suite ${unknown}: use ${all.map(({ name }) => name).join(", ")}`);
  return names.length === 0 ? usual : all.filter(({ name }) => names.includes(name));
}

/** The suites in the order to run them, with those that run at the same time in one list. */
function batches(suites: readonly Suite[]): Suite[][] {
  const found: Suite[][] = [];
  for (const suite of suites) {
    const last = found.at(-1);
    if (suite.together && last?.[0]?.together === suite.together) last.push(suite);
    else found.push([suite]);
  }
  return found;
}

async function main(): Promise<void> {
  const reports = mkdtempSync(join(tmpdir(), "ecluse-test-"));
  const total: Counts = { ...none };
  const counted = async (suite: Suite) => {
    const began = Date.now();
    const counts = await run(suite, checks.includes(suite));
    for (const key of ["passed", "failed", "skipped"] as const) total[key] += counts[key];
    total.failures = [...total.failures, ...named(suite, counts)];
    const { passed, failed, skipped } = counts;
    const seconds = Math.round((Date.now() - began) / 1000);
    console.log(`${suite.name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
  };
  for (const batch of batches(asked(reports, process.argv.slice(2)))) await Promise.all(batch.map(counted));
  rmSync(reports, { recursive: true });
  if (total.skipped > 0) console.log(`${total.skipped} skipped, each named above with its reason`);
  // Last, since a failure of the first suite is thousands of lines above.
  for (const failure of total.failures) console.log(`failed: ${failure}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

void main();
