import { objectStore } from "../local/objectStore/client";
import { managerPid, serviceStates } from "../local/provider/supervisor";
import { type EnvironmentOutputs, environmentOutputs, forgeOutputs, type UseCaseOutputs } from "./outputs";
import { personToken } from "./people";
import { table } from "./table";

/**
 * How long a part may take to answer, on a machine that is busy with other work too; one that is down refuses at
 * once.
 */
const answerMs = 10_000;

/** The champion that a model server has loaded. */
export interface Champion {
  readonly version: string;
  readonly commit: string;
  /** `classifier`, `multiclass` or `regressor`. */
  readonly kind: string;
  /** What it is stored in: `skops`, `xgboost-json`, `lightgbm-text` or `onnx`. */
  readonly format: string;
  /** The challenger beside it, where one is rolled out. */
  readonly challenger?: { readonly version: string; readonly stage: string } | null;
}

/** How one use case stands in one environment; `null` for what does not answer or is not there yet. */
export interface UseCaseStatus {
  readonly serving: string;
  readonly champion: Champion | null;
  readonly monitor: string | null;
}

/** How one environment stands. */
export interface EnvironmentStatus {
  readonly environment: string;
  readonly console: string | null;
  readonly tracking: string;
  readonly login: string;
  readonly blob: string;
  readonly database: string;
  readonly services: Readonly<Record<string, string>>;
  readonly useCases: Readonly<Record<string, UseCaseStatus>>;
}

/** How everything on this machine stands. */
export interface Status {
  readonly forge: { readonly url: string; readonly running: boolean };
  readonly environments: readonly EnvironmentStatus[];
}

async function champion(issuer: string, environment: string, serving: string): Promise<Champion | null> {
  const token = await personToken(issuer, environment, "serving", 60);
  try {
    const options = { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(answerMs) };
    const answer = await fetch(`${serving}/champion`, options);
    return answer.ok ? ((await answer.json()) as Champion) : null;
  } catch {
    return null;
  }
}

/** What the monitor's newest report says. */
async function monitorState(name: string, { monitor }: UseCaseOutputs): Promise<string | null> {
  const container = objectStore.open(monitor.env.ECLUSE_REPORTS_URL as string);
  const abortSignal = AbortSignal.timeout(answerMs);
  try {
    const newest = (await container.list(`${name}/monitor/2`, abortSignal)).at(-1);
    if (!newest) return null;
    const report = await container.read(newest, abortSignal);
    const { status, as_of, demonstration } = JSON.parse(report.toString()) as MonitorReport;
    return `${status} on ${as_of}${demonstration ? " (demonstration)" : ""}`;
  } catch {
    return null;
  }
}

interface MonitorReport {
  readonly status: string;
  readonly as_of: string;
  readonly demonstration: boolean;
}

async function environmentStatus(issuer: string, outputs: EnvironmentOutputs): Promise<EnvironmentStatus> {
  const { environment, console, tracking, blob, database } = outputs;
  const useCases = Object.entries(outputs.useCases).map(async ([name, useCase]) => {
    const [served, monitor] = await Promise.all([
      champion(issuer, environment, useCase.serving),
      monitorState(name, useCase),
    ]);
    return [name, { serving: useCase.serving, champion: served, monitor }] as const;
  });
  return {
    environment,
    console: console ?? null,
    tracking,
    login: `npx ecluse open ${environment}`,
    blob,
    database,
    services: await serviceStates(environment),
    useCases: Object.fromEntries(await Promise.all(useCases)),
  };
}

/** Asks every part how it stands; nothing is changed. */
export async function status(): Promise<Status> {
  const forge = await forgeOutputs();
  const environments = await environmentOutputs();
  return {
    forge: { url: forge.url, running: managerPid("forge") !== undefined },
    environments: await Promise.all(environments.map((outputs) => environmentStatus(forge.url, outputs))),
  };
}

function shown(found: Champion | null): string {
  if (!found) return "none yet";
  const { version, commit, challenger } = found;
  const beside = challenger ? `; version ${challenger.version} in ${challenger.stage}` : "";
  return `version ${version}, commit ${commit.slice(0, 8)}${beside}`;
}

const model = (found: Champion | null) => (found ? `${found.kind} in ${found.format}` : "–");

function services(states: Readonly<Record<string, string>>): string {
  const names = Object.keys(states);
  const down = names.filter((name) => states[name] !== "RUNNING");
  if (names.length === 0) return "stopped";
  return down.length === 0
    ? `${names.length} running`
    : down.map((name) => `${name} ${states[name]}`).join(", ");
}

/** The status for people: a row a fact, a column an environment. */
export function statusTable({ forge, environments }: Status): string {
  const row = (name: string, cell: (environment: EnvironmentStatus) => string) => [
    name,
    ...environments.map(cell),
  ];
  const useCaseNames = [...new Set(environments.flatMap(({ useCases }) => Object.keys(useCases)))];
  const useCaseRows = useCaseNames.flatMap((name) => [
    row(`${name} serving`, ({ useCases }) => useCases[name]?.serving ?? "–"),
    row(`${name} champion`, ({ useCases }) => shown(useCases[name]?.champion ?? null)),
    row(`${name} model`, ({ useCases }) => model(useCases[name]?.champion ?? null)),
    row(`${name} monitor`, ({ useCases }) => useCases[name]?.monitor ?? "not run yet"),
  ]);
  const rows = [
    row("", ({ environment }) => environment),
    row("services", (environment) => services(environment.services)),
    row("console", ({ console }) => console ?? "not made yet: npm start"),
    row("tracking", ({ tracking }) => tracking),
    row("log in", ({ login }) => login),
    row("blobs", ({ blob }) => blob),
    row("database", ({ database }) => database),
    ...useCaseRows,
  ];
  return `${table(rows)}\n\nforge  ${forge.url}${forge.running ? "" : " (stopped)"}`;
}
