import type { Waiver } from "../waivers";
import type { Audit, Entry, RuleEntry, Unjudged } from "./model";

/** What an entry comes to, as reports for people say it. */
export type Status = "violation" | "advisory" | "open" | "waived" | "pass" | "notApplicable" | "notJudged";

/** The words of each status and what they mean, from the one to look at first to the last. */
export const statuses: Readonly<Record<Status, { readonly label: string; readonly means: string }>> = {
  violation: {
    label: "Violation",
    means: "The rule does not hold here, and must. A deployment of this stack is stopped by it.",
  },
  advisory: {
    label: "Advisory",
    means: "The rule does not hold here. It is required in production, and this stack is not production.",
  },
  open: {
    label: "Open",
    means:
      "Nobody can say yet: the rule asks for a value that the plan or the state does not show. Count it as not proved.",
  },
  waived: {
    label: "Waived",
    means:
      "The rule does not hold here. Somebody accepted that in writing, for a reason and until a day; " +
      "another person approved it.",
  },
  pass: { label: "Pass", means: "The rule holds here." },
  notApplicable: {
    label: "Not applicable",
    means: "The stack has nothing that the rule is about, so the rule neither holds nor fails.",
  },
  notJudged: {
    label: "Not judged",
    means: "The rule compares stacks, and fewer than two were given to this audit.",
  },
};

const order = Object.keys(statuses) as Status[];

/** What an entry comes to. */
export function statusOf({ kind, level, waiver }: Entry): Status {
  if (kind !== "fail") return kind;
  if (waiver) return "waived";
  return level === "mandatory" ? "violation" : "advisory";
}

/** The status that decides when several things are looked at together; `notJudged` for none. */
export const worst = (found: readonly Status[]): Status =>
  order.find((status) => found.includes(status)) ?? "notJudged";

/** Compares statuses for sorting: what to look at comes first. */
export const byStatus = (one: Status, other: Status): number => order.indexOf(one) - order.indexOf(other);

/** What each rule comes to over everything that was judged, by its id. */
export function ruleStatuses({ rules, entries }: Audit): ReadonlyMap<string, Status> {
  const found = Map.groupBy(entries, ({ rule }) => rule);
  return new Map(rules.map(({ id }) => [id, worst((found.get(id) ?? []).map(statusOf))]));
}

/** What every report says of its own limits. */
export const limits =
  "A plan is what the program asks for, and a state is what Pulumi last saw. Neither proves the present " +
  "condition of the cloud.";

/** What every report says of a stack that could not be planned. */
export const unjudgedText = ({ stack, why }: Unjudged): string =>
  `${stack} could not be planned, so nothing of it was judged: ${why}`;

/** What every report says of a waiver that is over, which fails the audit. */
export const overText = ({ id, rule, expiresOn }: Waiver): string =>
  `waiver ${id} of ${rule} is over since ${expiresOn}: fix what it covered, or decide again`;

/** What fails the audit and is of no rule and resource, in words. */
export const troubles = ({ unjudged, waivers }: Pick<Audit, "unjudged" | "waivers">): readonly string[] => [
  ...unjudged.map(unjudgedText),
  ...waivers.over.map(overText),
];

/** Why something is open in a state: no value is still to come, so the audit cannot see it because it is encrypted. */
export const openInState = (why: string): string =>
  why.includes("not known yet")
    ? `${why} (a state seals its secrets, for which an audit has no key: judge a plan)`
    : why;

/** The area of a rule: the letters before its number. */
export const familyOf = (rule: string): string => rule.replace(/-\d.*$/, "");

const families: Readonly<Record<string, string>> = {
  ACR: "Container registry",
  AKS: "Kubernetes cluster in Azure",
  CNPG: "PostgreSQL in a cluster",
  ENV: "Environments kept apart",
  FRG: "Forge and environments agree",
  GL: "GitLab",
  GOV: "Governance and cost",
  ID: "Identities and rights",
  ISO: "Nothing shared by two environments",
  K8S: "Kubernetes workloads",
  KV: "Key vault",
  LOC: "Processes on one machine",
  LOG: "Logs",
  ML: "Machine learning",
  NET: "Network",
  PG: "PostgreSQL database",
  SC: "Supply chain",
  SEC: "Secrets",
  ST: "Storage",
};

/** The area of rules in words: `KV: Key vault`. */
export const familyName = (family: string): string =>
  families[family] ? `${family}: ${families[family]}` : family;

/** The areas that have rules, sorted. */
export const familiesOf = (rules: readonly RuleEntry[]): readonly string[] =>
  [...new Set(rules.map(({ id }) => familyOf(id)))].sort();
