import { UNKNOWN } from "../../../protocol/properties";
import { fitOf, mostOnBlobs, type RoleFit, roleOf, typeHeldOn } from "../../azureRoles";
import type { Context } from "../../context";
import { assignmentType, byPrincipal, credentialsOf, identityType, serviceAccount } from "../../identities";
import { referents } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { text } from "../../values";
import { allVerdicts, fail, type Judged, open, passOn } from "../../verdict";

const fitting = {
  id: "ID-13",
  parameters: {
    roles: {
      type: "array",
      items: { type: "string" },
      description: "More roles that may be held, each with what on: `<GUID> Microsoft.Insights/components`.",
      default: [],
    },
  },
} as const;

/** A role that the team has added to those that are known here. */
function addedFit(role: string, context: Context): RoleFit | undefined {
  const entries = context.parameter<readonly string[]>(fitting, "roles").map((entry) => entry.split(" "));
  const on = entries.flatMap(([guid, type = ""]) => (guid?.toLowerCase() === role ? [type] : []));
  return on.length > 0 ? { name: role, on } : undefined;
}

function held(fit: RoleFit, assignment: Resource): Judged {
  const type = typeHeldOn(assignment);
  if (type === UNKNOWN) return open("scope is not known yet");
  const wanted = fit.on === "any" ? "one resource of a group" : fit.on.join(" or ");
  const fits =
    type !== undefined && (fit.on === "any" || fit.on.some((on) => on.toLowerCase() === type.toLowerCase()));
  return fits
    ? passOn(() => `${fit.name} is held on ${type}`)
    : fail(`${fit.name} is held on ${type ?? "more than one resource"}, and may be on ${wanted}`);
}

function byPeople({ forPeople, name }: RoleFit, { inputs }: Resource): Judged {
  const type = text(inputs, "principalType");
  return !forPeople || type === "Group"
    ? passOn(() => `held by a ${type}`)
    : fail(`${name} is for a group of people, and held by a ${type}`);
}

function* fits(stack: Stack, context: Context): Iterable<Finding> {
  for (const assignment of stack.of(assignmentType)) {
    const role = roleOf(assignment);
    const fit = fitOf(stack, role) ?? addedFit(role, context);
    const judged = fit
      ? allVerdicts([held(fit, assignment), byPeople(fit, assignment)])
      : fail(`nobody here has said what the role ${role} may be held on`);
    yield { urn: assignment.urn, ...(role === UNKNOWN ? open("roleDefinitionId is not known yet") : judged) };
  }
}

/** The ServiceAccounts that hold a role, by name; none for people and for the pipelines of a forge. */
const accountsOf = (stack: Stack, assignment: Resource): readonly string[] =>
  referents(stack, identityType, byPrincipal, assignment)
    .filter((identity) => byPrincipal(stack, assignment, identity).verdict === "pass")
    .flatMap((identity) => credentialsOf(stack, identity))
    .flatMap(({ inputs }) => serviceAccount.exec(text(inputs, "subject") ?? "")?.[2] ?? []);

/** By container who may change its blobs, and how; whoever lands data is a group of people, or `land`. */
const changers: Readonly<Record<string, Readonly<Record<string, "write" | "delete">>>> = {
  artifacts: { tracking: "delete" },
  inference: { serve: "write", compact: "delete" },
  reports: { monitor: "write" },
  data: { land: "delete", people: "delete" },
  holdout: { land: "delete", people: "delete" },
};

const containerOf = (scope: string | undefined) =>
  /\/blobServices\/default\/containers\/([^/]+)$/i.exec(scope ?? "")?.[1]?.toLowerCase();

function mayChange(stack: Stack, container: string, assignment: Resource): Judged {
  const role = roleOf(assignment);
  if (role === UNKNOWN) return open("roleDefinitionId is not known yet");
  const most = mostOnBlobs(stack, role);
  if (most === "read") return passOn(() => `it only reads ${container}`);
  const accounts = accountsOf(stack, assignment);
  const holder = accounts[0] ?? (text(assignment.inputs, "principalType") === "Group" ? "people" : "another");
  const allowed = accounts.length > 1 ? undefined : changers[container]?.[holder];
  return most !== undefined && (allowed === "delete" || allowed === most)
    ? passOn(() => `${holder} may ${most} in ${container}`)
    : fail(`${accounts.join(" and ") || holder} may ${most ?? "do what nobody here knows"} in ${container}`);
}

function* changes(stack: Stack): Iterable<Finding> {
  for (const assignment of stack.of(assignmentType)) {
    const container = containerOf(text(assignment.inputs, "scope"));
    if (container) yield { urn: assignment.urn, ...mayChange(stack, container, assignment) };
    else if (typeHeldOn(assignment)?.endsWith("/containers"))
      yield { urn: assignment.urn, ...open("scope is not known yet") };
  }
}

/** Rules on what the roles that somebody holds allow, whatever they are called. */
export const idRightsRules: readonly Rule[] = [
  {
    ...fitting,
    name: "roles-fit-what-they-are-held-on",
    scope: "stack",
    severity: "critical",
    environments: "all",
    description:
      "Every role that is held is one whose rights are known, on the smallest thing that it is for: Owner, " +
      "Contributor and their like on nothing.",
    remediation:
      "Assign a narrower role on the one resource that needs it (components/azure/roles.ts). List a role that you " +
      "add in policies/config.json, with the type of what it is held on.",
    check: fits,
  },
  {
    id: "ID-14",
    name: "blobs-changed-by-their-writers",
    scope: "stack",
    severity: "high",
    environments: "all",
    description:
      "The tracking server alone changes models, serving and compaction records, monitors reports, and who lands " +
      "data the data and hold-outs; everybody else reads.",
    remediation: "Ask the store for a smaller permission (store.access in components/azure/target.ts).",
    check: changes,
  },
];
