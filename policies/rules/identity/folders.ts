import { groupOf, namespaces, platformPathOf } from "../../../components/naming";
import { UNKNOWN } from "../../../protocol/properties";
import { typeHeldOn } from "../../azureRoles";
import type { Context } from "../../context";
import { assignmentType, byPrincipal, credentialsOf, identityType, serviceAccount } from "../../identities";
import { referrers } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { read, text } from "../../values";
import { fail, impliesVerdict, type Judged, open, passOn } from "../../verdict";

/** The folder of blobs that a subject's use case has; undefined for what is of the platform. */
function folderOf(subject: string, context: Context): string | undefined {
  const [, project] = /^project_path:([^:]+):/.exec(subject) ?? [];
  if (project)
    return project === platformPathOf(groupOf(context.environment?.forge))
      ? undefined
      : project.split("/").at(-1);
  const [, namespace = ""] = serviceAccount.exec(subject) ?? [];
  const environment = context.environment?.environment ?? namespace.replace(/-.*/, "");
  const { platform, data, release, build } = namespaces(environment);
  if (!namespace || [platform, data, release, build].includes(namespace)) return undefined;
  return namespace.slice(environment.length + 1).replace(/-ci$/, "");
}

const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

const term = /!\(ActionMatches\{'([^']+)'\}(?: AND (NOT )?SubOperationMatches\{'Blob\.List'\})?\)/g;
const clause =
  /^\(\((.+)\) OR \(@(?:Request|Resource)\[[^\]]+:(?:prefix|path)\] StringStartsWith '([^']+)'\)\)$/;

/** The actions that a clause of `onlyBelow` (components/azure/blobRoles.ts) narrows, and the folder; else undefined. */
function clauseOf(written: string) {
  const [, part = "", start = ""] = clause.exec(written) ?? [];
  const found = [...part.matchAll(term)];
  const actions = found.map(([whole, action = "", but]) =>
    whole.includes("Blob.List") && !but ? `${action} list` : action,
  );
  const whole = part !== "" && found.map(([each]) => each).join(" AND ") === part;
  return whole ? { actions, start } : undefined;
}

/** What every condition must narrow: one blob, and lists of them. */
const narrowed = [
  `${blobs}/read list`,
  `${blobs}/read`,
  `${blobs}/write`,
  `${blobs}/add/action`,
  `${blobs}/delete`,
];

/** Whether a condition leaves only one folder; one of any other form is refused, since nobody reads it here. */
function leaves(condition: string, folder: string): Judged {
  const clauses = condition.split(/ AND (?=\(\(!)/).map(clauseOf);
  if (clauses.includes(undefined)) return fail("its condition is not of the form that onlyBelow writes");
  const lost = narrowed.filter((action) => !clauses.some((each) => each?.actions.includes(action)));
  if (lost.length > 0) return fail(`its condition does not narrow ${lost.join(" and ")}`);
  const others = clauses.flatMap((each) => (each?.start === `${folder}/` ? [] : each?.start));
  return others.length > 0
    ? fail(`its condition is on ${others.join(" and ")}, and must be on ${folder}/`)
    : passOn(() => `it is narrowed to ${folder}/`);
}

function judge({ inputs }: Resource, folder: string): Judged {
  const condition = read(inputs, "condition");
  if (condition === UNKNOWN) return open("condition is not known yet");
  if (condition === undefined) return fail(`it has no condition, and must be narrowed to ${folder}/`);
  return read(inputs, "conditionVersion") === "2.0"
    ? leaves(String(condition), folder)
    : fail('conditionVersion must be "2.0"');
}

function* ownFolders(stack: Stack, context: Context): Iterable<Finding> {
  for (const identity of stack.of(identityType)) {
    const subjects = credentialsOf(stack, identity).map(({ inputs }) => text(inputs, "subject") ?? "");
    const folder = subjects.map((subject) => folderOf(subject, context)).find(Boolean);
    if (!folder) continue;
    for (const assignment of referrers(stack, assignmentType, byPrincipal, identity)) {
      const held = byPrincipal(stack, assignment, identity);
      if (held.verdict === "fail" || !typeHeldOn(assignment)?.endsWith("/containers")) continue;
      yield { urn: assignment.urn, ...impliesVerdict(held, judge(assignment, folder)) };
    }
  }
}

/** The rule on what of the containers that use cases share each of them sees. */
export const idFoldersRules: readonly Rule[] = [
  {
    id: "ID-15",
    name: "use-cases-in-own-folders",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "Roles of a use case on blobs have the condition that leaves only its own folder.",
    remediation:
      "Name the use case when you ask the store for access: it writes the condition (components/azure/blobRoles.ts).",
    check: ownFolders,
  },
];
