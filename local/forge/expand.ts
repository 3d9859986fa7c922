import {
  type Artifacts,
  checkRules,
  literal,
  literalBoolean,
  type Needs,
  oneOf,
  parseYaml,
  readArtifacts,
  readNeeds,
  readRelease,
  readTimeout,
  readTokens,
  unsupported,
  type Yaml,
} from "./keywords";
import { readPlainFile } from "./untrusted";

const LARGEST_PIPELINE_BYTES = 4 << 20;

/** One job of the expanded pipeline, checked for what the forge supports. */
export interface Job {
  readonly name: string;
  readonly stage: string;
  readonly when: "on_success" | "on_failure" | "always" | "manual";
  readonly allowFailure: boolean;
  readonly environment: string | undefined;
  readonly tier: string | undefined;
  readonly needs: Needs;
  readonly dependencies: readonly string[] | undefined;
  readonly idTokens: Readonly<Record<string, string>>;
  readonly artifacts: Artifacts;
  readonly cacheKeys: readonly string[];
  readonly timeoutSeconds: number;
  /** The environment that a platform release is for; the job then has no script. */
  readonly releases: string | undefined;
  /** Whether it starts a pipeline that a job has written, which `refusals` refuses here. */
  readonly startsChild: boolean;
  /** The image that its YAML names, and the runner's tags: this machine runs it without them. */
  readonly image: string | undefined;
  readonly tags: readonly string[];
  /** What `gitlab-ci-local` is given to run. */
  readonly definition: Readonly<Record<string, unknown>>;
}

/** The whole pipeline, its jobs in the order of the file. */
export interface Expanded {
  readonly stages: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
  /** Rules that say whether there is a pipeline at all. */
  readonly workflowRules: readonly unknown[] | undefined;
  readonly jobs: readonly Job[];
}

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

/** Reads what `gitlab-ci-local --list-json` printed and wrote; an unsupported keyword is an error that names it. */
export function readExpanded(listing: string, file: string): Expanded {
  const document = parseYaml(readPlainFile(file, LARGEST_PIPELINE_BYTES)) ?? {};
  for (const key of Object.keys((document.default ?? {}) as Yaml))
    if (!DEFAULTS.includes(key)) throw unsupported(`default: ${key}`, "put it in the jobs");
  const workflow = (document.workflow ?? {}) as Yaml;
  checkRules("workflow", workflow);
  const jobs = readListing(listing)
    .filter((entry) => entry.when !== "never")
    .map((entry) => readJob(String(entry.name), entry, document[String(entry.name)] as Yaml | undefined));
  return {
    stages: document.stages as string[],
    variables: (document.variables ?? {}) as Yaml,
    workflowRules: workflow.rules as unknown[] | undefined,
    jobs,
  };
}

/** The jobs that `gitlab-ci-local --list-json` printed, among its warnings. */
export function readListing(listing: string): Yaml[] {
  const lines = listing.split("\n");
  const first = lines.findIndex((line) => line.startsWith("["));
  const last = lines.findIndex((line, at) => at >= first && (line.startsWith("]") || line.startsWith("[]")));
  return JSON.parse(lines.slice(first, last + 1).join("\n")) as Yaml[];
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
    releases: body.trigger && !startsChild(body) ? readRelease(name, body) : undefined,
    startsChild: startsChild(body),
    image: imageOf(body.image),
    tags: (body.tags ?? []) as string[],
    definition: kept,
  };
}

const startsChild = ({ trigger }: Yaml) => typeof trigger === "object" && "include" in (trigger as Yaml);

const imageOf = (image: unknown): string | undefined =>
  (typeof image === "object" ? (image as Yaml | null)?.name : image) as string | undefined;
