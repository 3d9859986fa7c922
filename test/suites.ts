import { existsSync, globSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { nodeBinary, projectRoot, uvBinary } from "../local/home";
import { python } from "../local/provider/supervisor";

/** How many tests of a suite passed, failed, and were skipped with a reason. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** The failed tests, each by its file and name, and the start of what it said. */
  failures: readonly string[];
}

/**
 * A command that tests something; its counts come from the report that it writes, or from its exit code as one test.
 */
export interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Suites of one name here, one after the other, run at the same time: either alone leaves a core idle. */
  readonly together?: string;
  /** Reads the counts of the report; a suite without a report counts as one test. */
  readonly counts?: () => Counts | undefined;
}

const bin = (name: string) => join(projectRoot, ".venv/bin", name);
const script = (name: string) => [nodeBinary, join(projectRoot, "node_modules", name)];

/** The start of a failure's message, in one line without colours: CI shows the end of what is printed, not all. */
function startOf(message = ""): string {
  const line = stripVTControlCharacters(message).replace(/\s+/g, " ").trim();
  return line && `: ${line.slice(0, 400)}`;
}

interface VitestFile {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages?: readonly string[];
  }[];
}

function vitestFailures({ name, message, assertionResults }: VitestFile): string[] {
  const file = relative(projectRoot, name);
  const tests = assertionResults.filter(({ status }) => status === "failed");
  if (tests.length === 0) return [`${file}: did not run${startOf(message)}`];
  return tests.map(({ fullName, failureMessages }) => `${file}: ${fullName}${startOf(failureMessages?.[0])}`);
}

/** Counts of a Vitest JSON report. */
export function vitestCounts(text: string): Counts {
  const report = JSON.parse(text) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numFailedTestSuites: number;
    testResults: VitestFile[];
  };
  // A file that does not load has no failed test, and must not pass for that.
  const failed = Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
  const failures = report.testResults.filter(({ status }) => status === "failed").flatMap(vitestFailures);
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests, failures };
}

const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#10": "\n",
  amp: "&",
};

/** Text of an XML attribute. */
const plain = (text = "") => text.replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole);

/** Counts of a JUnit report as pytest writes it. */
export function junitCounts(text: string): Counts {
  const number = (name: string) =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);
  const [failed, skipped] = [number("failures") + number("errors"), number("skipped")];
  const found = text.matchAll(
    /<testcase classname="([^"]*)" name="([^"]*)"[^>]*><(?:failure|error)\b(?: message="([^"]*)")?/g,
  );
  return {
    passed: number("tests") - failed - skipped,
    failed,
    skipped,
    failures: [...found].map(([, file, name, message]) => `${file}: ${name}${startOf(plain(message))}`),
  };
}

function fromReport(file: string, parse: (text: string) => Counts): Pick<Suite, "counts"> {
  rmSync(file, { force: true });
  return { counts: () => (existsSync(file) ? parse(readFileSync(file, "utf8")) : undefined) };
}

/** A project of `vitest.config.mts`. */
function vitest(name: string, reports: string): Suite {
  const file = join(reports, `${name}.json`);
  const words = [
    "run",
    `--project=${name}`,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  return {
    name,
    command: [...script("vitest/vitest.mjs"), ...words],
    env: { ECLUSE_UV: uvBinary },
    ...fromReport(file, vitestCounts),
  };
}

function pytest(name: string, reports: string, paths: readonly string[], cwd = projectRoot): Suite {
  const file = join(reports, `${name.replace(" ", "-")}.xml`);
  const command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", `--junitxml=${file}`, ...paths];
  return { name, command, cwd, ...fromReport(file, junitCounts) };
}

const releaseTests = ["python/tests/release", "python/tests/serving"];
const monitorTests = ["python/tests/monitor"];
const modelTests = ["python/tests/models"];
const upgradeTests = ["python/tests/upgrade"];
const namedTests = [...releaseTests, ...monitorTests, ...modelTests, ...upgradeTests];

/** Found, not listed: a new folder of tests must not be left out. */
function otherPythonTests(): string[] {
  const folders = globSync("python/tests/*/", { cwd: projectRoot }).filter(
    (folder) => !folder.includes("__"),
  );
  return [...folders.filter((folder) => !namedTests.includes(folder)), "test/processes"].sort();
}

const checkCommands: readonly Omit<Suite, "together">[] = [
  {
    name: "biome",
    command: [
      join(projectRoot, "node_modules/@biomejs/cli-linux-x64/biome"),
      "check",
      "--error-on-warnings",
      ".",
    ],
  },
  { name: "tsc", command: [...script("typescript/bin/tsc"), "--noEmit", "--noCheck", "false", "-p", "."] },
  { name: "ruff format", command: [bin("ruff"), "format", "--check", "."] },
  { name: "ruff", command: [bin("ruff"), "check", "."] },
  { name: "pyright", command: [...script("pyright/index.js"), "--pythonpath", python] },
];

/** Quick checks of the text: format, lint and types, in both languages. Each computes on one core. */
export const checks: readonly Suite[] = checkCommands.map((suite) => ({ ...suite, together: "checks" }));

/** The suites that run code; the last brings the whole platform up. */
export function suites(reports: string): readonly Suite[] {
  return [
    vitest("unit", reports),
    // Each of these waits for its services more than it computes.
    { ...pytest("python", reports, otherPythonTests()), together: "services" },
    { ...pytest("python release", reports, releaseTests), together: "services" },
    { ...vitest("platform", reports), together: "services" },
  ];
}

/** Suites of minutes, which run by name (`npm run test:cluster`); `.ci/run` runs them first. */
export const longSuites = (reports: string): readonly Suite[] => [
  // Every stack by a real Pulumi CLI, which is built from source, and by the embedded engine.
  vitest("cli", reports),
  // What the stacks put on a cluster, before a real API server that is built from source.
  vitest("cluster", reports),
  // The laptop's engine, provider and forge.
  vitest("local", reports),
  // The monitor's statistics, state and alerts.
  pytest("python monitor", reports, monitorTests),
  // MLflow's former version, and its data.
  pytest("python upgrade", reports, upgradeTests),
  // Programs of teams: the examples, a clone on another platform, a fork after an update.
  vitest("programs", reports),
  // What `ecluse new` makes, through the whole local chain.
  { ...vitest("generated", reports), together: "homes" },
  // Kills at many moments, and the demonstration of drift, each on services of its own.
  { ...vitest("homes", reports), together: "homes" },
  // What models try that want out of their confinement, each in a process of its own.
  pytest("models", reports, modelTests),
  // The on-premise stacks as pods, on a node of this machine.
  vitest("node", reports),
];
