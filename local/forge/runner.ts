import { dirname, join } from "node:path";
import { stringify } from "yaml";
import type { JobFolders } from "./checkout";
import { type Confinement, confinedCommand, runLines } from "./confine";
import { type Expanded, type Job, readExpanded, readListing } from "./expand";
import type { Image } from "./images";
import { namesIn, readPlainFile, writePlainFile } from "./untrusted";

const RUNNER = dirname(require.resolve("gitlab-ci-local/package.json"));
const SHIMS = join(__dirname, "shims");
const LIST_SECONDS = 60;
/** What the log of a job may hold. */
const LARGEST_OUTPUT_BYTES = 16 << 20;
const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";

/** What every run of `gitlab-ci-local` is given. */
export interface Runner {
  readonly home: string;
  readonly confinement: Confinement;
  readonly folders: JobFolders;
  readonly image: Image | undefined;
  /** The TCP ports that it may connect to. */
  readonly ports: readonly number[];
  /** Variables of the job; those of the forge's own keys win over the file's. */
  readonly variables: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Expands the pipeline file. `gitlab-ci-local` evaluates `rules: if` as JavaScript, so even this is confined, with no
 * port and no secret.
 */
export async function expandPipeline(runner: Runner, seconds = LIST_SECONDS): Promise<Expanded> {
  const listing = await list(runner, [], seconds);
  const pipeline = readExpanded(listing, join(runner.folders.state, "expanded-gitlab-ci.yml"));
  if (pipeline.workflowRules && !(await matches(runner, pipeline.workflowRules)))
    throw new Error(
      ".gitlab-ci.yml: workflow: rules leave no pipeline for this ref; change the rules or the ref",
    );
  return pipeline;
}

/** `gitlab-ci-local` does not heed workflow rules, but evaluates those of a job in the same way. */
async function matches(runner: Runner, rules: readonly unknown[]): Promise<boolean> {
  // The first run evaluated the pipeline's rules, and could have put a link in the place of this file.
  writePlainFile(
    join(runner.folders.state, "workflow.yml"),
    stringify({ pipeline: { script: ["true"], rules } }),
  );
  // Rules that the schema has judged already, in the file that they come from.
  const args = ["--file=../state/workflow.yml", "--no-json-schema-validation"];
  const jobs = readListing(await list(runner, args));
  return jobs[0]?.when !== "never";
}

async function list(runner: Runner, args: readonly string[], seconds = LIST_SECONDS): Promise<string> {
  const output = new Output();
  const code = await run(runner, ["--list-json", ...args], seconds, (line) => output.add(line));
  if (code === -1)
    throw new Error(`.gitlab-ci.yml is not read within ${seconds} s; its includes or aliases have no end`);
  if (code !== 0) throw new Error(`.gitlab-ci.yml is refused by gitlab-ci-local: ${shown(output.lines)}`);
  return output.lines.join("\n");
}

/** The end of an output, short enough to be shown. */
const shown = (lines: readonly string[]): string =>
  lines
    .slice(-12)
    .map((line) => line.slice(0, 300))
    .join("\n");

/** Lines that are kept, as many as a log may hold: what is confined may print without end. */
class Output {
  readonly lines: string[] = [];
  private left = LARGEST_OUTPUT_BYTES;

  add(line: string): void {
    this.left -= line.length + 1;
    if (this.left >= 0) this.lines.push(line);
  }
}

/** Runs one job, and gives its exit code (-1: ended by timeout or cancelled). */
export async function runJob(
  runner: Runner,
  pipeline: Expanded,
  job: Job,
  line: (text: string) => void,
): Promise<number> {
  const document = { stages: pipeline.stages, variables: pipeline.variables, [job.name]: job.definition };
  writePlainFile(join(runner.folders.state, "job.yml"), stringify(document));
  const args = ["--file=../state/job.yml", "--force-shell-executor", "--no-json-schema-validation", job.name];
  const printed = new Output();
  const take = linesOf(job.name, (text) => {
    printed.add(text);
    line(text);
  });
  const code = await run(runner, args, job.timeoutSeconds, take);
  unprinted(join(runner.folders.state, "output"), printed.lines).forEach(line);
  return code;
}

/**
 * The lines of a job in the file where gitlab-ci-local keeps them, less those that it printed: it ends without waiting
 * for its own output, so a slow reader misses the last ones. `folder` has that one file, and the job could change it.
 */
export function unprinted(folder: string, printed: readonly string[]): string[] {
  const names = namesIn(folder);
  if (names.length !== 1) return [];
  const left = new Map<string, number>();
  for (const text of printed) left.set(text, (left.get(text) ?? 0) + 1);
  return outputOf(join(folder, names[0] as string)).filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return text !== "" && count < 1;
  });
}

/** The lines of a job's output; none where the job put something else there, or more than a log may hold. */
function outputOf(file: string): string[] {
  try {
    return readPlainFile(file, LARGEST_OUTPUT_BYTES).trimEnd().split("\n");
  } catch {
    return [];
  }
}

/**
 * Takes what gitlab-ci-local prints, and gives the job's own lines on. The summary at the end comes by another stream
 * than a job's errors, and may overtake the last of them.
 */
export function linesOf(name: string, line: (text: string) => void): (text: string) => void {
  let over = false;
  return (text) => {
    over ||= SUMMARY.test(text);
    if (text.startsWith(`${name} `)) line(text.slice(name.length).replace(/^ +(> )?/, ""));
    else if (!over && !NOISE.test(text)) line(text);
  };
}

// What gitlab-ci-local says of itself, not of the job, whose lines all start with its name.
const NOISE = /^(parsing and downloads finished in|json schema validated in|\s*$)/;
const SUMMARY = /^ (PASS|FAIL|WARN) {2}/;

function run(runner: Runner, args: string[], seconds: number, line: (text: string) => void): Promise<number> {
  const { checkout, home, temporary, state } = runner.folders;
  const limits = {
    read: [RUNNER, SHIMS, process.execPath, ...(runner.image?.readable ?? [])],
    write: [checkout, home, temporary, state],
    ports: runner.ports,
    uid: runner.uid,
  };
  const runnerArgs = [process.execPath, join(RUNNER, "dist", "index.js"), "--state-dir=../state", ...args];
  const command = confinedCommand(runner.confinement, runner.home, limits, runnerArgs);
  return runLines(command, { cwd: checkout, env: environment(runner), line, seconds, signal: runner.signal });
}

/**
 * Variables travel as GCL_VARIABLE_…: `gitlab-ci-local` takes those out of its environment and gives them to the job,
 * so that they are neither in argv nor in a file. `$` is doubled because it expands values.
 */
function environment(runner: Runner): Record<string, string> {
  const path = runner.image ? `${runner.image.bin}:${SYSTEM_PATH}` : SYSTEM_PATH;
  const job = { ...runner.variables, PATH: path };
  const entries = Object.entries(job).map(([key, value]) => [
    `GCL_VARIABLE_${key}`,
    value.replaceAll("$", "$$$$"),
  ]);
  return {
    PATH: `${SHIMS}:${SYSTEM_PATH}`,
    HOME: runner.folders.home,
    TMPDIR: runner.folders.temporary,
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    JOBLIB_MULTIPROCESSING: "0", // jobs have no /dev/shm: it is one for all of a user, so dev could read prod there
    GIT_CONFIG_NOSYSTEM: "1", // the machine's git settings may not be read, and git stops when it is refused a file
    SHLVL: "1", // a first bash whose input is no terminal takes itself for a remote one, and reads /etc/bash.bashrc
    GCL_IGNORE_PREDEFINED_VARS: Object.keys(runner.variables).join(","),
    ...Object.fromEntries(entries),
  };
}
