import { rules } from "../all";
import { controlsOf } from "../controls";
import { coverage } from "../coverage";
import { judge, judgeAcross } from "../judge";
import { fromState } from "../resource";
import { type Severity, severities } from "../rule";
import { Stack } from "../stack";
import type { Waivers } from "../waivers";
import { digestOf } from "./digest";
import { entriesOf, totals } from "./entries";
import type { Audit, Entry, JudgedStack, Judging, Origin, Request, RuleEntry, Subject } from "./model";
import { secretAges } from "./secretAges";
import { statusOf } from "./status";

/** Judges stacks by every rule, and against each other. */
export function audit(
  subjects: readonly Subject[],
  waivers: Waivers,
  origin: Origin,
  { unjudged = [], excluded = [], operation }: Request = {},
): Audit {
  const stacks = subjects.map(({ stack, resources, ...rest }) => ({
    ...rest,
    stack: new Stack(stack, resources.map(fromState)),
  }));
  const results = [
    ...stacks.flatMap(({ stack, context }) => judge(rules, stack, context, waivers)),
    ...judgeAcross(rules, stacks, waivers),
  ];
  const entries = entriesOf(results, stacks);
  return {
    ...origin,
    excluded,
    stacks: stacks.map(judgedStack),
    unjudged,
    rules: rules.map(ruleEntry),
    entries,
    waivers: { over: waivers.over, unused: waivers.unused },
    totals: totals(entries),
    coverage: coverage(),
    secrets: subjects.flatMap(secretAges),
    ...(operation && { operation }),
  };
}

function judgedStack({ stack, context, judged, time, ...file }: Judging): JudgedStack {
  const tier = context.environment?.tier ?? context.settings?.kind ?? "unknown: judged as production";
  const { name, resources } = stack;
  return {
    stack: name,
    judged,
    time,
    tier,
    resources: resources.length,
    sha256: digestOf(resources),
    ...file,
  };
}

function ruleEntry(rule: (typeof rules)[number]): RuleEntry {
  const { id, name, severity, environments, description, remediation, deviation } = rule;
  return {
    id,
    name,
    severity,
    environments,
    description,
    remediation,
    ...(deviation && { deviation }),
    controls: controlsOf(id),
  };
}

/** The violations that fail an audit: of a severity or above, mandatory, without a waiver that holds. */
export const failing = ({ entries }: Audit, from: Severity): readonly Entry[] =>
  entries.filter(
    (entry) =>
      statusOf(entry) === "violation" && severities.indexOf(entry.severity) <= severities.indexOf(from),
  );
