import type { Value } from "../../../protocol/properties";
import type { Keys } from "../../lookup";
import type { Resource } from "../../resource";
import type { Finding, StackRule } from "../../rule";
import { fits, namespaceOf, namespacesOf, podsByNamespace } from "../../selectors";
import type { Stack } from "../../stack";
import { items, read, text } from "../../values";
import { allVerdicts, anyVerdict, type Judged, open, pass } from "../../verdict";

const namespaceLabel = "namespaceSelector.matchLabels.[kubernetes.io/metadata.name]";

/** A selector of a policy, and the key of the namespace with the pods that it must fit one of. */
interface Selection {
  readonly selector: Value | undefined;
  readonly namespace: Keys;
}

function peersOf({ inputs }: Resource): readonly Value[] {
  const of = (direction: string, peers: string) =>
    (items(inputs, `spec.${direction}`) ?? []).flatMap((rule) => items(rule, peers) ?? []);
  return [...of("ingress", "from"), ...of("egress", "to")];
}

/** The selections of a policy among the stack's own pods; those among pods of others nobody can judge here. */
function selectionsOf(stack: Stack, policy: Resource): Selection[] {
  const own = namespaceOf(policy);
  const peers = peersOf(policy).flatMap((peer): Selection[] => {
    const selector = read(peer, "podSelector");
    if (selector === undefined) return [];
    if (read(peer, "namespaceSelector") === undefined) return [{ selector, namespace: own }];
    const name = text(peer, namespaceLabel);
    return name !== undefined && namespacesOf(stack).has(name) ? [{ selector, namespace: [name] }] : [];
  });
  return [{ selector: read(policy.inputs, "spec.podSelector"), namespace: own }, ...peers];
}

function fulfilled(stack: Stack, { selector, namespace }: Selection): Judged {
  // An empty one is for whatever pods there are.
  if (["matchLabels", "matchExpressions"].every((key) => read(selector, key) === undefined)) return pass;
  return anyVerdict(
    podsByNamespace(stack)
      .of(namespace)
      .map(({ maker, labels }) => {
        const there =
          namespace && namespaceOf(maker)
            ? pass
            : open(`whether ${maker.name} is in the namespace is not known yet`);
        return allVerdicts([there, fits(selector, labels)]);
      }),
    `no pod of this stack fits ${JSON.stringify(selector)}`,
  );
}

/** A rule on the peers of NetworkPolicies. */
export const networkPeerRules: readonly StackRule[] = [
  {
    id: "K8S-18",
    name: "policies-fit-pods",
    scope: "stack",
    severity: "medium",
    environments: "all",
    description: "Every policy is for pods that there are, and opens to pods that there are.",
    remediation:
      "Select pods by the labels of components/kubernetes/labels.ts, or remove the policy or the peer.",
    deviation:
      "Peers in the stack's own namespaces too. Pods that an operator or a runner makes count by what " +
      "its objects say of them.",
    *check(stack): Iterable<Finding> {
      for (const policy of stack.of("kubernetes:networking.k8s.io/v1:NetworkPolicy"))
        yield {
          urn: policy.urn,
          ...allVerdicts(selectionsOf(stack, policy).map((each) => fulfilled(stack, each))),
        };
    },
  },
];
