import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { RunResult } from "../../local/engine/options";
import { rules } from "../../policies/all";
import { analyzerOf } from "../../policies/analyzer";
import { audit } from "../../policies/audit/audit";
import { stateSubject } from "../../policies/audit/subjects";
import { policyName } from "../../policies/rule";
import { readWaivers } from "../../policies/waivers";
import type { Checkout } from "../graphs/checkout";
import { projectCli } from "./projectCli";
import type { Outcome, Pulumi } from "./pulumi";

/** How the CLI ends for a mandatory violation. */
export const STOPPED = 1;

/** A violation, whoever found it. */
interface Found {
  readonly level: string;
  readonly policy: string;
  readonly urn: string;
}

/** What the CLI found, and how it ended. */
export interface Judged extends Outcome {
  readonly found: readonly string[];
}

/** Each once, in a line that says how hard it is, in order. */
const lines = (found: readonly Found[]): readonly string[] =>
  [...new Set(found.map(({ level, policy, urn }) => `${level} ${policy} ${urn}`))].sort();

/** What policies found by the events of a run, one a line: what the CLI prints as JSON of a preview leaves it out. */
const foundIn = (events: string): readonly string[] =>
  lines(
    events
      .split("\n")
      .filter(Boolean)
      .flatMap((line) => (JSON.parse(line) as EngineEvent).policyEvent ?? [])
      .map(({ enforcementLevel: level, policyName: policy, resourceUrn: urn = "" }) => ({
        level,
        policy,
        urn,
      })),
  );

/** The CLI on a project, as `judgedRun` needs it: with the variable that shows its log of events. */
export const judging = (checkout: Checkout) => projectCli(checkout, { PULUMI_DEBUG_COMMANDS: "true" });

/** Previews or updates a stack by the CLI, with the pack of the project. */
export async function judgedRun(
  cli: Pulumi,
  operation: "preview" | "up",
  stack: string,
  ...words: readonly string[]
): Promise<Judged> {
  const log = join(cli.backend, `${stack}.events`);
  const pack = ["--policy-pack", "policies", "--event-log", log, "--non-interactive"];
  const outcome = await cli.run(operation, "--stack", stack, ...pack, ...words);
  return { ...outcome, found: foundIn(readFileSync(log, "utf8")) };
}

/** Judges the file of a state by the CLI. */
export async function judgedState(cli: Pulumi, file: string): Promise<Judged> {
  const words = ["--file", file, "--policy-pack", "policies", "--json", "--non-interactive"];
  const outcome = await cli.run("policy", "analyze", ...words);
  return { ...outcome, found: foundIn(outcome.stdout) };
}

/** What the embedded engine finds in a preview that it made. */
export function findingsOf(stack: string, { steps }: RunResult): readonly string[] {
  const states = steps.flatMap(({ newState }) => newState ?? []);
  const analyzer = analyzerOf(stack);
  return lines([...states.flatMap((state) => analyzer.resource(state)), ...analyzer.stack(states)]);
}

/** What the audit finds in the file of a state. */
export async function auditFindings(file: string): Promise<readonly string[]> {
  const origin = { time: "", by: "", commit: "", changedFiles: [], versions: {} };
  const { entries } = audit([await stateSubject(file)], readWaivers(rules), origin);
  const names = new Map(rules.map((rule) => [rule.id, policyName(rule)]));
  return lines(
    entries
      .filter(({ kind, waiver }) => kind === "fail" && !waiver)
      .map(({ level, rule, urn }) => ({ level, policy: names.get(rule) ?? rule, urn })),
  );
}
