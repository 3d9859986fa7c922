import { GUID } from "../../../components/settings/choices";
import { UNKNOWN } from "../../../protocol/properties";
import { assignmentType, credentialType, identityType } from "../../identities";
import { keyOf, notShared, type OwnedKey, type Stacks } from "../../notShared";
import { podTypes, templateOf } from "../../pods";
import type { AcrossRule } from "../../rule";
import { items, read, text } from "../../values";

type Subject = Stacks[number];

const clusterType = "azure-native:containerservice:ManagedCluster";
const bindingTypes = ["ClusterRoleBinding", "RoleBinding"].map(
  (kind) => `kubernetes:rbac.authorization.k8s.io/v1:${kind}`,
);
const administratorType = "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra";

function* roleHolders({ stack }: Subject): Iterable<OwnedKey> {
  for (const assignment of stack.of(assignmentType))
    yield { urn: assignment.urn, key: keyOf(stack, assignment, "principalId", identityType) };
}

/** People and groups that a cluster gives rights; a cluster's own, such as system:nodes, are others in each. */
function* bound({ stack }: Pick<Subject, "stack">): Iterable<OwnedKey> {
  for (const { urn, inputs } of stack.of(...bindingTypes))
    for (const subject of items(inputs, "subjects") ?? [UNKNOWN]) {
      const [kind, name] = [read(subject, "kind"), read(subject, "name")];
      if ([kind, name].includes(UNKNOWN)) yield { urn, key: undefined };
      else if (
        (kind === "Group" || kind === "User") &&
        typeof name === "string" &&
        !name.startsWith("system:")
      )
        // Entra's ids are the same in any case, and of one kind; other names are as their kind says.
        yield { urn, key: GUID.test(name) ? name.toLowerCase() : `${kind} ${name}` };
    }
}

/** Administrators, who has rights in a cluster, and the applications that people log in to. */
function* otherPrincipals({ stack }: Subject): Iterable<OwnedKey> {
  for (const administrator of stack.of(administratorType))
    yield { urn: administrator.urn, key: keyOf(stack, administrator, "objectId", identityType) };
  for (const { urn, inputs } of stack.of(clusterType))
    for (const group of items(inputs, "aadProfile.adminGroupObjectIDs") ?? [""])
      yield { urn, key: text(group, "")?.toLowerCase() || undefined };
  yield* bound({ stack });
  for (const { urn, type, inputs } of stack.of(...podTypes))
    for (const container of items(inputs, `${templateOf(type)}spec.containers`) ?? [])
      for (const word of items(container, "args") ?? []) {
        const application = /^--client-id=(.*)$/.exec(String(word))?.[1];
        if (application) yield { urn, key: application.toLowerCase() };
      }
}

function* trusted({ stack }: Subject): Iterable<OwnedKey> {
  for (const credential of stack.of(credentialType)) {
    const issuer = keyOf(stack, credential, "issuer", clusterType);
    const subject = text(credential.inputs, "subject");
    const known = issuer !== undefined && subject !== undefined;
    yield { urn: credential.urn, key: known ? `${subject} of ${issuer}` : undefined };
  }
}

/** A stack's own cluster is no other's; a team's own one is known by its context. */
function clusterOf({ stack }: Subject): string | undefined {
  const [own] = stack.of(clusterType);
  const [provider] = stack.of("pulumi:providers:kubernetes");
  return own?.urn ?? (provider && (text(provider.inputs, "context") ?? text(provider.inputs, "kubeconfig")));
}

function* namespaces(subject: Subject): Iterable<OwnedKey> {
  const cluster = clusterOf(subject);
  for (const { urn, inputs } of subject.stack.of("kubernetes:core/v1:Namespace")) {
    const name = text(inputs, "metadata.name");
    yield { urn, key: name !== undefined && cluster !== undefined ? `${name} in ${cluster}` : undefined };
  }
}

/** A subscription's group, and the identity of Pulumi. */
function* grounds({ stack }: Subject): Iterable<OwnedKey> {
  const providers = stack.of("pulumi:providers:azure-native");
  for (const group of stack.of("azure-native:resources:ResourceGroup")) {
    const provider = providers.find(({ urn }) => group.provider?.startsWith(urn)) ?? providers[0];
    const subscription = provider && text(provider.inputs, "subscriptionId");
    const name = text(group.inputs, "resourceGroupName");
    const known = subscription !== undefined && name !== undefined;
    yield { urn: group.urn, key: known ? `${subscription}/${name}`.toLowerCase() : undefined };
  }
  for (const { urn, inputs } of providers) {
    const client = text(inputs, "clientId");
    if (client !== undefined) yield { urn, key: client.toLowerCase() };
  }
}

const row = { scope: "across", environments: "all" } as const;
const file = "of the stack's file";

/** Rules on who and where environments are: no two of them are or have the same. */
export const isolationRules: readonly AcrossRule[] = [
  {
    ...row,
    id: "ID-10",
    name: "principal-of-one-environment",
    severity: "critical",
    description: "Nobody holds a role in two environments.",
    remediation: "Give each environment identities and groups of its own (ecluse:azure.groups).",
    check: (stacks) => notShared(stacks, roleHolders, "the principal"),
  },
  {
    ...row,
    id: "ISO-01",
    name: "administrators-of-one-environment",
    severity: "critical",
    description:
      "No two environments have the same administrators, people or groups with rights in a cluster, or " +
      "the same application that people log in to.",
    remediation:
      `Give ecluse:azure.groups and ecluse:cluster.people.clientId ${file} values of their own, and bind a ` +
      "group in one environment only.",
    check: (stacks) => notShared(stacks, otherPrincipals, "the principal"),
  },
  {
    ...row,
    id: "ISO-06",
    name: "tokens-of-one-environment",
    severity: "critical",
    description: "No token becomes an identity of two environments.",
    remediation:
      "Trust a branch in one environment only; a cluster's tokens are its own (components/azure/federation.ts).",
    check: (stacks) => notShared(stacks, trusted, "the subject"),
  },
  {
    ...row,
    id: "ISO-07",
    name: "namespaces-of-one-environment",
    severity: "high",
    description: "No two environments have the same namespace of the same cluster.",
    remediation: `Give ecluse:environment ${file} another name, or another cluster (ecluse:kubernetes.context).`,
    check: (stacks) => notShared(stacks, namespaces, "namespace"),
  },
  {
    ...row,
    id: "ENV-04",
    name: "ground-of-one-environment",
    severity: "high",
    description: "Each environment has a resource group or subscription of its own, and a login of its own.",
    remediation: `Set ecluse:azure.subscriptionId or resourceGroup ${file}.`,
    deviation:
      "Logins show in a plan only where the provider is given one; the pipeline's are in docs/azure.md.",
    check: (stacks) => notShared(stacks, grounds, "the resource group or login"),
  },
];
