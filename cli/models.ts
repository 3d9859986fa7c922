import { environmentsOf } from "./environmentsOf";
import { releaseReport } from "./releaseReport";
import { table } from "./table";

/** A gate's result, as the release recorded it (`ecluse_release.gates.Gate`). */
export interface Gate {
  readonly name: string;
  readonly result: "pass" | "fail" | "undecided";
  readonly passed: boolean;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly bound: number;
  readonly rows: number;
  readonly reason: string;
  readonly fix: string;
}

/** A change of the champion, with who made it and why (`ecluse_release.changes.Change`). */
export interface Change {
  readonly action: string;
  readonly version: string;
  readonly former: string | null;
  readonly person: string;
  readonly pipeline_id: string;
  readonly reason: string;
  readonly time: string;
}

/** Who answered for a model at its release (`ecluse_release.settings.Accountability`). */
export interface Accountability {
  readonly owner: string;
  readonly team: string;
  readonly purpose: string;
  readonly risk_class: string;
  readonly materiality: string;
  readonly review_by: string;
  readonly decision_threshold: number | null;
}

/** A released version; what is null is not known, and `refused` says why its manifest is not to be believed. */
export interface ReleasedVersion {
  readonly version: string;
  readonly champion: boolean;
  readonly created: string;
  readonly model_id: string;
  readonly run_id: string | null;
  readonly commit: string | null;
  readonly data_version: string | null;
  readonly holdout_version: string | null;
  readonly pipeline_id: string | null;
  readonly format: string | null;
  readonly gates: readonly Gate[];
  readonly accountability: Accountability | null;
  readonly training_metrics: Readonly<Record<string, number>>;
  readonly changes: readonly Change[];
  readonly refused: string | null;
}

/** A run whose release was refused, and why. */
export interface Refusal {
  readonly commit: string;
  readonly run_id: string;
  readonly pipeline_id: string;
  readonly person: string;
  readonly time: string;
  readonly reason: string;
  readonly gates: readonly Gate[];
}

/** The versions of a use case in one environment, the latest first (`python -m ecluse_release.inventory`). */
export interface Inventory {
  readonly environment: string;
  readonly use_case: string;
  readonly champion: string | null;
  readonly versions: readonly ReleasedVersion[];
  readonly refusals: readonly Refusal[];
  /** Records that are not to be believed. */
  readonly problems: readonly string[];
}

/** So many of each kind are shown to people; JSON has all. */
const shown = 4;

/** The versions of a use case in each environment that is up, or in the named one. */
export async function inventories(useCase: string, environment?: string): Promise<Inventory[]> {
  const all = await environmentsOf(useCase, environment);
  return Promise.all(
    all.map((outputs) => releaseReport<Inventory>(outputs, useCase, { module: "inventory" })),
  );
}

/** A moment, as people read it: to the minute, UTC. */
export const minute = (time: string): string => time.slice(0, 16).replace("T", " ");

/** What a gate measured, with its interval, and its result where it is not a pass. */
export const figure = ({ value, low, high, result }: Gate): string => {
  const number = (each: number | null) => each?.toFixed(4) ?? "–";
  const interval = low === null ? "" : ` (${number(low)} to ${number(high)})`;
  return `${number(value)}${interval}${result === "pass" ? "" : ` ${result}`}`;
};

/** What the latest step of a rollout left a version as. */
const stages: Readonly<Record<string, string>> = {
  shadow: "challenger in the shadow",
  canary: "challenger that answers some",
  withdrawn: "given up",
};

/** How a version stands: whether it serves, where its rollout is, and whether its signature verifies. */
export function state({ version, champion, refused, changes }: ReleasedVersion): string {
  const stage = stages[changes.at(-1)?.action ?? ""];
  const words = [
    ...(champion ? ["champion"] : stage ? [stage] : []),
    ...(refused === null ? [] : ["REFUSED"]),
  ];
  return `version ${version}${words.length > 0 ? ` (${words.join(", ")})` : ""}`;
}

function released({ created, changes }: ReleasedVersion): string {
  const by = changes.find(({ action }) => ["released", "shadow"].includes(action));
  return `${minute(created)}${by ? ` by ${by.person}` : ""}`;
}

function gatesOf({ gates }: ReleasedVersion): string {
  const noted = gates.filter(({ result }) => result === "undecided").length;
  return `${gates.length - noted} passed${noted > 0 ? `, ${noted} undecided` : ""}`;
}

/** Facts on who answered for a version, and what people call them. */
const accountabilityRows: readonly (readonly [string, keyof Accountability])[] = [
  ["owner", "owner"],
  ["purpose", "purpose"],
  ["materiality", "materiality"],
  ["risk class", "risk_class"],
  ["validate by", "review_by"],
  ["threshold", "decision_threshold"],
];

/** Who answered for a version, in lines; it says so where the stack did not say it. */
export const accountabilityLines = (of: Accountability | null): string[] =>
  of === null
    ? ["not said by the stack: set accountability of its use case"]
    : accountabilityRows.flatMap(([name, key]) => (of[key] === null ? [] : [`${name}: ${of[key]}`]));

/** The versions beside each other: a row a fact, a column a version. */
function versionTable(versions: readonly ReleasedVersion[]): string {
  const row = (name: string, cell: (version: ReleasedVersion) => string | null | undefined) => [
    name,
    ...versions.map((version) => cell(version) ?? "–"),
  ];
  // A gate of a segment is one of many: JSON has them, and the trace of a version.
  const gates = [...new Set(versions.flatMap(({ gates }) => gates.map(({ name }) => name)))];
  const metrics = [...new Set(versions.flatMap((each) => Object.keys(each.training_metrics)))];
  return table([
    row("", state),
    row("released", released),
    row("commit", ({ commit }) => commit?.slice(0, 8)),
    row("data", ({ data_version }) => data_version?.slice(0, 16)),
    row("pipeline", ({ pipeline_id }) => pipeline_id),
    row("format", ({ format }) => format),
    // A sentence is wider than a column: the trace of a version has the purpose.
    ...accountabilityRows
      .filter(([name]) => name !== "purpose")
      .map(([name, key]) => row(name, ({ accountability }) => accountability?.[key]?.toString())),
    row("gates", gatesOf),
    ...gates
      .filter((name) => !name.includes("="))
      .map((name) =>
        row(`  ${name}`, (version) => version.gates.filter((gate) => gate.name === name).map(figure)[0]),
      ),
    ...metrics.map((name) => row(`training ${name}`, (each) => each.training_metrics[name]?.toFixed(4))),
  ]);
}

/** A change in one line: when, what, who and why. */
export const changeLine = ({ time, version, action, former, person, reason }: Change): string => {
  const from = former !== null && former !== version ? `, in place of version ${former}` : "";
  return `${minute(time)}  version ${version} ${action} by ${person}${from}: ${reason}`;
};

/** A refusal, and below it the gates that refused. */
export const refusalLines = ({ time, commit, person, reason, gates }: Refusal): string[] => [
  `${minute(time)}  commit ${commit.slice(0, 8)} of ${person}: ${reason}`,
  ...gates.map((gate) => `  ${gate.name} ${figure(gate)}, bound ${gate.bound}: ${gate.fix || gate.reason}`),
];

/** A heading and what stands below it; nothing where there is nothing. */
function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

/** The versions of one environment for people. */
export function inventoryText({ versions, refusals, problems, ...of }: Inventory, all = false): string {
  const some = <T>(items: readonly T[]) => items.slice(0, all ? undefined : shown);
  const changes = versions.flatMap((version) => version.changes);
  const latest = changes.sort((a, b) => b.time.localeCompare(a.time));
  const more = some(versions).length < versions.length ? ", of which --all shows all" : "";
  return [
    `${of.use_case} in ${of.environment}: versions ${versions.length}${more}`,
    ...(versions.length > 0 ? ["", versionTable(some(versions))] : []),
    ...section("champions, the latest first:", some(latest).map(changeLine)),
    ...section("refused, the latest first:", some(refusals).flatMap(refusalLines)),
    ...section("NOT TO BE BELIEVED:", [
      ...versions.flatMap(({ version, refused }) => (refused ? [`version ${version}: ${refused}`] : [])),
      ...problems,
    ]),
  ].join("\n");
}

/** Whether something was found that is not to be believed. */
export const isDoubtful = ({ versions, problems }: Inventory): boolean =>
  problems.length > 0 || versions.some(({ refused }) => refused !== null);
