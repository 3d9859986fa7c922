import { holds } from "../../conditions";
import type { Context } from "../../context";
import { assignmentType, byPrincipal, credentialsOf, holdsOutput, identityType } from "../../identities";
import { bySource, judged, referents, relation } from "../../relations";
import type { Resource } from "../../resource";
import type { Condition, Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { read, text } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, open, opposite, pass } from "../../verdict";

const cluster = "azure-native:containerservice:ManagedCluster";
const kubelet = "identityProfile.kubeletidentity.objectId";

const role = (wanted: string, ...guids: string[]): Condition =>
  holds(
    "roleDefinitionId",
    (value) => guids.includes(String(value).split("/").pop()?.toLowerCase() ?? ""),
    wanted,
  );
// Each with the role that replaces it in registries that give rights by repository.
const isPull = role(
  "AcrPull",
  "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  "b93aa761-3e63-49ed-ac28-beffa264f7ac",
);
const isPush = role(
  "AcrPush",
  "8311e382-0749-4cb8-b61a-304f252e45ec",
  "2a1e307c-b015-4ebd-883e-5b7698a07328",
  "2efddaa5-3f1f-4df3-97df-af3f13818f4c",
);

const byObjectId = holdsOutput(kubelet, "principalId");
/** The nodes have the identity; one that is named by its resource alone says so by where the property comes from. */
const ofKubelet = relation(byObjectId.keys, (stack, made, identity) =>
  (read(made.inputs, kubelet) === undefined ? bySource(kubelet) : byObjectId)(stack, made, identity),
);

/** The assignment is of the nodes of a cluster of the stack. */
function ofNodes(stack: Stack, assignment: Resource): Judged {
  const found = stack.of(cluster).flatMap((made) => {
    const [named, own] = [text(assignment.inputs, "principalId"), text(made.outputs, kubelet)];
    if (named !== undefined && own !== undefined)
      return [named.toLowerCase() === own.toLowerCase() ? pass : fail("of somebody else")];
    return referents(stack, identityType, ofKubelet, made).map((identity) =>
      allVerdicts([ofKubelet(stack, made, identity), byPrincipal(stack, assignment, identity)]),
    );
  });
  return anyVerdict([...found, fail("it is not of the nodes")]);
}

/** The assignment is of an identity that a pipeline becomes. */
function ofPipeline(stack: Stack, assignment: Resource): Judged {
  const pipelines = referents(stack, identityType, byPrincipal, assignment).map((identity) => {
    const subjects = credentialsOf(stack, identity).map(({ inputs }) => text(inputs, "subject"));
    const trusts = subjects.some((subject) => subject?.startsWith("project_path:"))
      ? pass
      : subjects.includes(undefined)
        ? open("what the identity trusts is not known yet")
        : fail("the identity is of no pipeline");
    return allVerdicts([byPrincipal(stack, assignment, identity), trusts]);
  });
  return anyVerdict([...pipelines, fail("no pipeline's identity pushes by it")]);
}

function* rights(stack: Stack, context: Context): Iterable<Finding> {
  for (const assignment of stack.of(assignmentType)) {
    const nodes = ofNodes(stack, assignment);
    const pushes = judged(isPush, assignment, context);
    if (nodes.verdict === "fail" && pushes.verdict === "fail") continue;
    const found = allVerdicts([
      anyVerdict([opposite(nodes, "it is of the nodes"), judged(isPull, assignment, context)]),
      anyVerdict([opposite(pushes, "it pushes"), ofPipeline(stack, assignment)]),
    ]);
    yield { urn: assignment.urn, ...found };
  }
}

/** The rule on who pulls from the registry and who pushes to it. */
export const registryRolesRules: readonly Rule[] = [
  {
    id: "ACR-09",
    name: "nodes-pull-pipelines-push",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "The nodes may pull images and nothing else, and only pipelines may push them.",
    remediation:
      "Give the kubelet AcrPull alone (components/azure/clusterAccess.ts), and AcrPush to an identity of a pipeline.",
    deviation: "The nodes may have no other role anywhere: whoever takes a node has what it has.",
    check: rights,
  },
];
