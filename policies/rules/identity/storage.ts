import { platformPath } from "../../../components/naming";
import { UNKNOWN } from "../../../protocol/properties";
import { assignmentType, byPrincipal, credentialsOf, identityType, serviceAccount } from "../../identities";
import { byId, referents, referrers } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { items, read, text } from "../../values";
import { fail, impliesVerdict, type Judged, open, pass } from "../../verdict";

type Part = "serve" | "train";

const reader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const contributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const lastOf = (id: string) => id.split("/").at(-1)?.toLowerCase() ?? "";

/** What a credential's subject does with models; a use case's jobs train. */
function partOf(credential: Resource): Part | undefined {
  const subject = text(credential.inputs, "subject") ?? "";
  const account = serviceAccount.exec(subject)?.[2];
  if (account === "serve" || account === "train") return account;
  const ofUseCase =
    subject.startsWith("project_path:") && !subject.startsWith(`project_path:${platformPath}:`);
  return ofUseCase ? "train" : undefined;
}

const ofScope = byId("scope");

/** The resources of a type that a role is held on, or on a part of. */
const scopes = (stack: Stack, type: string, assignment: Resource) =>
  referents(stack, type, ofScope, assignment).filter((to) => stack.refers(assignment, "scope", to));

/** The container that a role is held on; `whole` for an account or more, undefined for what is no storage. */
function containerOf(stack: Stack, assignment: Resource): string | "whole" | undefined {
  const [container] = scopes(stack, "azure-native:storage:BlobContainer", assignment);
  if (container) return text(container.inputs, "containerName") ?? container.name;
  if (scopes(stack, "azure-native:storage:StorageAccount", assignment).length > 0) return "whole";
  if (
    stack
      .of("azure-native:resources:ResourceGroup")
      .some(({ urn }) => assignment.propertyDependencies.scope?.includes(urn))
  )
    return "whole";
  const scope = text(assignment.inputs, "scope") ?? "";
  const named = /\/storageAccounts\/[^/]+\/blobServices\/default\/containers\/([^/]+)/i.exec(scope)?.[1];
  return (
    named ??
    (/\/storageAccounts\/|^\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?$/i.test(scope)
      ? "whole"
      : undefined)
  );
}

/** A role of the stack's own that writes and can neither read nor delete. */
const onlyDeposits = (stack: Stack, role: string) =>
  stack.of("azure-native:authorization:RoleDefinition").some(({ inputs }) => {
    const actions = items(inputs, "permissions.0.dataActions") ?? [];
    const deposits = actions.every((action) => /\/blobs\/(write|add\/action)$/.test(String(action)));
    return text(inputs, "roleDefinitionId") === role && actions.length > 0 && deposits;
  });

function judge(stack: Stack, part: Part, container: string, assignment: Resource): Judged {
  if (container === "whole") return fail(`${part} has a role on more than one container`);
  const id = read(assignment.inputs, "roleDefinitionId");
  if (id === UNKNOWN) return open("roleDefinitionId is not known yet");
  const role = lastOf(String(id));
  if (container === "holdout") return fail(`${part} has the role ${role} on what models are judged by`);
  const may =
    role === reader ||
    (part === "train" && role === contributor && container !== "artifacts") ||
    (part === "serve" && container === "inference" && onlyDeposits(stack, role));
  return may ? pass : fail(`${part} has the role ${role} on ${container}`);
}

function* leastOnStorage(stack: Stack): Iterable<Finding> {
  for (const identity of stack.of(identityType)) {
    const part = credentialsOf(stack, identity).map(partOf).find(Boolean);
    if (!part) continue;
    for (const assignment of referrers(stack, assignmentType, byPrincipal, identity)) {
      const held = byPrincipal(stack, assignment, identity);
      const container = containerOf(stack, assignment);
      if (held.verdict === "fail" || !container) continue;
      yield { urn: assignment.urn, ...impliesVerdict(held, judge(stack, part, container, assignment)) };
    }
  }
}

/** The rule on what those who serve and train may do with blobs. */
export const idStorageRules: readonly Rule[] = [
  {
    id: "ID-12",
    name: "least-rights-on-blobs",
    scope: "stack",
    severity: "high",
    environments: "all",
    description:
      "Who serves reads blobs and leaves records; who trains writes no model and opens no hold-out; neither has a " +
      "whole account.",
    remediation: "Ask the store for a smaller permission (store.access in components/azure/target.ts).",
    deviation:
      "Stricter: here the tracking server alone writes models, so training may not, and serving may " +
      "leave its inferences without reading them back.",
    check: leastOnStorage,
  },
];
