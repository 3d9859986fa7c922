import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { parse } from "yaml";

/** One job of the expanded pipeline, checked for what the forge supports. */
export interface Job {
  readonly name: string;
  readonly stage: string;
  readonly when: "on_success" | "on_failure" | "always" | "manual";
  readonly allowFailure: boolean;
  readonly environment: string | undefined;
  readonly tier: string | undefined;
  /** Undefined: waits for all earlier stages. */
  readonly needs: readonly { job: string; artifacts: boolean; optional: boolean }[] | undefined;
  readonly dependencies: readonly string[] | undefined;
  readonly idTokens: Readonly<Record<string, string>>;
  readonly artifacts: { paths: string[]; exclude: string[]; reports: string[]; when: string } | undefined;
  readonly cacheKeys: readonly string[];
  readonly timeoutSeconds: number;
  /** The environment that a platform release is for; the job then has no script. */
  readonly releases: string | undefined;
  /** What `gitlab-ci-local` is given to run. */
  readonly definition: Readonly<Record<string, unknown>>;
}

/** The whole pipeline, its jobs in the order of the file. */
export interface Expanded {
  readonly stages: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly jobs: readonly Job[];
}

type Yaml = Record<string, unknown>;

const RUN = ["script", "before_script", "after_script", "variables", "stage", "environment", "inherit"];
const READ = [
  "id_tokens",
  "artifacts",
  "cache",
  "needs",
  "dependencies",
  "rules",
  "when",
  "allow_failure",
  "timeout",
  "trigger",
];
// These only say which runner, when to stop waiting, or what to show: leaving them out changes no result.
const IGNORED = ["image", "tags", "interruptible", "retry", "coverage", "resource_group", "gclDescription"];
const DEFAULTS = [
  "image",
  "before_script",
  "after_script",
  "artifacts",
  "cache",
  "tags",
  "interruptible",
  "retry",
];
const TOP = ["stages", "variables", "default", "workflow", "include"];
const DEFAULT_TIMEOUT_SECONDS = 3600;

/** Reads what `gitlab-ci-local --list-json` printed and wrote; an unsupported keyword is an error that names it. */
export function readExpanded(listing: string, file: string): Expanded {
  const document = parse(readPlainFile(file)) as Yaml;
  const listed = JSON.parse(listing.slice(listing.search(/^\[/m))) as Yaml[];
  checkTop(document);
  const jobs = listed
    .filter((entry) => entry.when !== "never")
    .map((entry) => readJob(String(entry.name), entry, document[String(entry.name)] as Yaml | undefined));
  return { stages: document.stages as string[], variables: (document.variables ?? {}) as Yaml, jobs };
}

/** `include` may name files of the same commit only; the text is that of `.gitlab-ci.yml`. */
export function checkIncludes(text: string): void {
  const include = ((parse(text, { logLevel: "silent" }) ?? {}) as Yaml).include ?? [];
  for (const entry of Array.isArray(include) ? include : [include]) {
    const local =
      typeof entry === "string" ? !/^https?:/.test(entry) : Object.keys(entry as Yaml).join() === "local";
    if (!local) throw unsupported("include", `${JSON.stringify(entry)}; include local files only`);
  }
}

function readJob(name: string, entry: Yaml, body: Yaml | undefined): Job {
  if (!body) throw unsupported(`${name}: parallel`, "write the jobs out");
  for (const key of Object.keys(body))
    if (![...RUN, ...READ, ...IGNORED].includes(key)) throw unsupported(`${name}: ${key}`, "remove it");
  checkRules(name, body);
  const environment = (
    typeof body.environment === "string" ? { name: body.environment } : body.environment
  ) as Yaml | undefined;
  const kept = Object.fromEntries(RUN.filter((key) => key in body).map((key) => [key, body[key]]));
  return {
    name,
    stage: String(entry.stage),
    when: oneOf(name, "when", String(entry.when), ["on_success", "on_failure", "always", "manual"] as const),
    allowFailure: literalBoolean(name, entry.allow_failure),
    environment: environment && literal(name, "environment", environment.name),
    tier: environment?.deployment_tier as string | undefined,
    needs: entry.needs ? readNeeds(name, entry.needs as Yaml[], body) : undefined,
    dependencies: body.dependencies as string[] | undefined,
    idTokens: readTokens(name, body.id_tokens as Record<string, Yaml> | undefined),
    artifacts: readArtifacts(name, body.artifacts as Yaml | undefined),
    cacheKeys: ((body.cache ?? []) as Yaml[]).map((cache) => JSON.stringify(cache.key ?? "default")),
    timeoutSeconds: readTimeout(name, body.timeout),
    releases: body.trigger ? readRelease(name, body) : undefined,
    definition: kept,
  };
}

function checkTop(document: Yaml): void {
  const workflow = (document.workflow ?? {}) as Yaml;
  if (workflow.rules) throw unsupported("workflow: rules", "put the rules in the jobs");
  for (const key of Object.keys((document.default ?? {}) as Yaml))
    if (!DEFAULTS.includes(key)) throw unsupported(`default: ${key}`, "put it in the jobs");
  for (const key of ["spec", "pages"])
    if (key in document && !TOP.includes(key)) throw unsupported(key, "remove it");
}

function checkRules(name: string, body: Yaml): void {
  for (const rule of (body.rules ?? []) as Yaml[])
    if (rule.variables) throw unsupported(`${name}: rules: variables`, "set them in the job");
}

function readNeeds(name: string, needs: Yaml[], body: Yaml): Job["needs"] {
  const foreign = [...needs, ...((body.needs ?? []) as Yaml[])].find(
    (need) => need.project || need.pipeline || need.parallel,
  );
  if (foreign) throw unsupported(`${name}: needs`, `${JSON.stringify(foreign)}; need jobs of this pipeline`);
  return needs.map((need) => ({
    job: String(need.job),
    artifacts: need.artifacts !== false,
    optional: need.optional === true,
  }));
}

function readTokens(name: string, tokens: Record<string, Yaml> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tokens).map(([key, token]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
        throw new Error(`${name}: id_tokens: ${key} is no variable's name`);
      return [key, literal(name, `id_tokens: ${key}: aud`, token.aud)];
    }),
  );
}

function readArtifacts(name: string, artifacts: Yaml | undefined): Job["artifacts"] {
  if (!artifacts) return undefined;
  const reports = (artifacts.reports ?? {}) as Yaml;
  if (reports.dotenv) throw unsupported(`${name}: artifacts: reports: dotenv`, "pass a file as artifact");
  if (artifacts.untracked) throw unsupported(`${name}: artifacts: untracked`, "list paths");
  const files = Object.values(reports).flatMap((report) =>
    typeof report === "object" && !Array.isArray(report) ? (report as Yaml).path : report,
  );
  return {
    paths: (artifacts.paths ?? []) as string[],
    exclude: (artifacts.exclude ?? []) as string[],
    reports: files.map(String),
    when: oneOf(name, "artifacts: when", String(artifacts.when ?? "on_success"), [
      "on_success",
      "on_failure",
      "always",
    ]),
  };
}

function readRelease(name: string, body: Yaml): string {
  const trigger = body.trigger as Yaml | string;
  const project = typeof trigger === "string" ? trigger : trigger.project;
  if (project !== "ecluse/platform")
    throw unsupported(`${name}: trigger`, "trigger project ecluse/platform only");
  return literal(
    name,
    "variables: ECLUSE_ENVIRONMENT",
    (body.variables as Yaml | undefined)?.ECLUSE_ENVIRONMENT,
  );
}

function readTimeout(name: string, timeout: unknown): number {
  if (timeout === undefined) return DEFAULT_TIMEOUT_SECONDS;
  const [, amount, unit] = /^(\d+)\s*(s|m|h|seconds?|minutes?|hours?)$/.exec(String(timeout).trim()) ?? [];
  if (!amount || !unit) throw unsupported(`${name}: timeout: ${timeout}`, "write it as 30 minutes or 1 hour");
  return Number(amount) * (unit.startsWith("h") ? 3600 : unit.startsWith("m") ? 60 : 1);
}

function literal(name: string, key: string, value: unknown): string {
  if (typeof value === "string" && value && !value.includes("$")) return value;
  throw new Error(
    `${name}: ${key} must be a literal text, got ${JSON.stringify(value)}; write the value out`,
  );
}

function literalBoolean(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw unsupported(`${name}: allow_failure: exit_codes`, "use true or false");
}

function oneOf<T extends string>(name: string, key: string, value: string, allowed: readonly T[]): T {
  if ((allowed as readonly string[]).includes(value)) return value as T;
  throw unsupported(`${name}: ${key}: ${value}`, `use one of ${allowed.join(", ")}`);
}

function unsupported(what: string, fix: string): Error {
  return new Error(`.gitlab-ci.yml: ${what} is not supported by the local forge: ${fix}`);
}

/** The file was written by confined code: a link in its place could name any file of the forge's. */
function readPlainFile(file: string): string {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(handle);
    if (!status.isFile() || status.size > 4 << 20) throw new Error(`${file} is not a file of at most 4 MB`);
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}
