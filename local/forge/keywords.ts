import { basename } from "node:path";
import { parse } from "yaml";
import { platformPath } from "../../components/naming";

/** A mapping as the YAML has it. */
export type Yaml = Record<string, unknown>;

/** The jobs that one waits for; undefined: all of earlier stages. */
export type Needs = readonly { job: string; artifacts: boolean; optional: boolean }[] | undefined;

/** The files that a job leaves behind; `reports` are not passed to later jobs. */
export type Artifacts = { paths: string[]; exclude: string[]; reports: string[]; when: string } | undefined;

const DEFAULT_TIMEOUT_SECONDS = 3600;
const MOST_PATTERNS = 100;

/** Parses a pipeline file. Aliases that multiply, and nesting without end, are refused by the parser. */
export function parseYaml(text: string): Yaml | undefined {
  try {
    return parse(text, { logLevel: "silent" }) as Yaml | undefined;
  } catch (error) {
    throw new Error(`.gitlab-ci.yml cannot be read: ${(error as Error).message}`);
  }
}

/** Refuses rules that set variables; `gitlab-ci-local` does not say which rule matched. */
export function checkRules(name: string, body: Yaml): void {
  for (const rule of (body.rules ?? []) as Yaml[])
    if (rule.variables) throw unsupported(`${name}: rules: variables`, "set them in the job");
}

/** Reads `needs`, as the rules left them in `needs` and as written in `body`. */
export function readNeeds(name: string, needs: Yaml[], body: Yaml): Needs {
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

/** Reads `id_tokens`: the audience per variable. */
export function readTokens(name: string, tokens: Record<string, Yaml> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tokens).map(([key, token]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
        throw new Error(`${name}: id_tokens: ${key} is no variable's name`);
      return [key, literal(name, `id_tokens: ${key}: aud`, token.aud)];
    }),
  );
}

/** Reads `artifacts`; the files of its reports apart. */
export function readArtifacts(name: string, artifacts: Yaml | undefined): Artifacts {
  if (!artifacts) return undefined;
  const reports = (artifacts.reports ?? {}) as Yaml;
  if (reports.dotenv) throw unsupported(`${name}: artifacts: reports: dotenv`, "pass a file as artifact");
  if (artifacts.untracked) throw unsupported(`${name}: artifacts: untracked`, "list paths");
  const files = Object.values(reports).flatMap((report) =>
    typeof report === "object" && !Array.isArray(report) ? (report as Yaml).path : report,
  );
  return {
    paths: patterns(`${name}: artifacts: paths`, artifacts.paths),
    exclude: patterns(`${name}: artifacts: exclude`, artifacts.exclude),
    reports: patterns(`${name}: artifacts: reports`, files),
    when: oneOf(name, "artifacts: when", String(artifacts.when ?? "on_success"), [
      "on_success",
      "on_failure",
      "always",
    ]),
  };
}

function patterns(what: string, value: unknown): string[] {
  const found = [value ?? []].flat().map(String);
  const other = found.find((pattern) => /[[\]{}()!]/.test(pattern) || pattern.length > 1000);
  if (other) throw unsupported(`${what}: ${other.slice(0, 80)}`, "write paths with *, ** and ? alone");
  if (found.length > MOST_PATTERNS)
    throw unsupported(`${what}: ${found.length} of them`, `name folders, at most ${MOST_PATTERNS}`);
  return found;
}

/** Reads a `trigger` of the platform project: the environment that it releases to. */
export function readRelease(name: string, body: Yaml): string {
  const trigger = body.trigger as Yaml | string;
  const project = typeof trigger === "string" ? trigger : trigger.project;
  if (project !== platformPath && project !== `$CI_PROJECT_NAMESPACE/${basename(platformPath)}`)
    throw unsupported(`${name}: trigger`, `trigger project ${platformPath} only`);
  return literal(
    name,
    "variables: ECLUSE_ENVIRONMENT",
    (body.variables as Yaml | undefined)?.ECLUSE_ENVIRONMENT,
  );
}

/** Reads `timeout`, in seconds. */
export function readTimeout(name: string, timeout: unknown): number {
  if (timeout === undefined) return DEFAULT_TIMEOUT_SECONDS;
  const [, amount, unit] = /^(\d+)\s*(s|m|h|seconds?|minutes?|hours?)$/.exec(String(timeout).trim()) ?? [];
  if (!amount || !unit) throw unsupported(`${name}: timeout: ${timeout}`, "write it as 30 minutes or 1 hour");
  return Number(amount) * (unit.startsWith("h") ? 3600 : unit.startsWith("m") ? 60 : 1);
}

/** A text that holds no variable: the forge decides on it before any job runs. */
export function literal(name: string, key: string, value: unknown): string {
  if (typeof value === "string" && value && !value.includes("$")) return value;
  throw new Error(
    `${name}: ${key} must be a literal text, got ${JSON.stringify(value)}; write the value out`,
  );
}

/** Reads `allow_failure`. */
export function literalBoolean(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw unsupported(`${name}: allow_failure: exit_codes`, "use true or false");
}

/** One of the allowed words. */
export function oneOf<T extends string>(name: string, key: string, value: string, allowed: readonly T[]): T {
  if ((allowed as readonly string[]).includes(value)) return value as T;
  throw unsupported(`${name}: ${key}: ${value}`, `use one of ${allowed.join(", ")}`);
}

/** An error that names a keyword and what to do instead. */
export function unsupported(what: string, fix: string): Error {
  return new Error(`.gitlab-ci.yml: ${what} is not supported by the local forge: ${fix}`);
}
