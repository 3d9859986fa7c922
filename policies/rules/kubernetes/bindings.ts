import { UNKNOWN, type Value } from "../../../protocol/properties";
import type { Context } from "../../context";
import { podTypes, templateOf } from "../../pods";
import type { Resource } from "../../resource";
import type { Finding, Rule } from "../../rule";
import type { KeysOf, Stack } from "../../stack";
import { items, read, text } from "../../values";
import { allVerdicts, fail, type Judged, open, pass, passOn } from "../../verdict";

const rbac = "kubernetes:rbac.authorization.k8s.io/v1";
const accountType = "kubernetes:core/v1:ServiceAccount";

/** `<namespace>/<name>` of an object; `/<name>` of one that has no namespace. */
const placed: KeysOf = ({ inputs }) => {
  const [namespace, name] = [read(inputs, "metadata.namespace") ?? "", read(inputs, "metadata.name")];
  return namespace === UNKNOWN || name === UNKNOWN ? undefined : [`${namespace}/${name}`];
};
const exists = (stack: Stack, type: string, place: string) => stack.by(type, placed).of([place]).length > 0;

const known = {
  id: "K8S-28",
  parameters: {
    clusterRoles: {
      type: "array",
      items: { type: "string" },
      description: "Kubernetes' own roles that may be bound, beside those of the stack, which K8S-20 judges.",
      default: ["system:service-account-issuer-discovery"],
    },
  },
} as const;

/** A ServiceAccount of the stack; in one namespace also a group of people, but no single person. */
function subjectFits(stack: Stack, binding: Resource, subject: Value): Judged {
  const [kind, name, namespace] = ["kind", "name", "namespace"].map((key) => read(subject, key));
  const own = read(binding.inputs, "metadata.namespace");
  if ([subject, kind, name, namespace, own].includes(UNKNOWN)) return open("a subject is not known yet");
  if (kind === "Group" && own !== undefined) return pass;
  if (kind !== "ServiceAccount") return fail(`${kind} ${name} is bound, and no ServiceAccount of the stack`);
  if (own !== undefined && own !== namespace)
    return fail(`${namespace}/${name} is of another namespace than ${own}`);
  return exists(stack, accountType, `${namespace}/${name}`)
    ? pass
    : fail(`${namespace}/${name} is no ServiceAccount of the stack`);
}

/** A role of the stack, of which the rights are judged. */
function roleFits(stack: Stack, { inputs }: Resource, allowed: readonly string[]): Judged {
  const [kind, name] = [read(inputs, "roleRef.kind"), read(inputs, "roleRef.name")];
  const namespace = read(inputs, "metadata.namespace");
  if ([kind, name, namespace].includes(UNKNOWN)) return open("roleRef is not known yet");
  if (kind === "ClusterRole" && allowed.includes(String(name))) return passOn(() => `${name} is allowed`);
  const place = kind === "Role" ? `${namespace}/${name}` : `/${name}`;
  return exists(stack, `${rbac}:${kind}`, place)
    ? passOn(() => `${kind} ${name} is of the stack`)
    : fail(`${kind} ${name} is not of the stack, so that nobody here knows what it allows`);
}

function* bindings(stack: Stack, context: Context): Iterable<Finding> {
  const allowed = context.parameter<readonly string[]>(known, "clusterRoles");
  for (const binding of stack.of(`${rbac}:RoleBinding`, `${rbac}:ClusterRoleBinding`)) {
    const subjects = items(binding.inputs, "subjects");
    const judged = subjects
      ? subjects.map((subject) => subjectFits(stack, binding, subject))
      : [open("subjects is not known yet")];
    yield { urn: binding.urn, ...allVerdicts([roleFits(stack, binding, allowed), ...judged]) };
  }
}

/** A ServiceAccount as something runs by it, in a role: a workload, or a runner's jobs, which its files describe. */
interface Worn {
  readonly by: Resource;
  readonly account: string | undefined;
  readonly role: string;
}

const nameLabel = "app.kubernetes.io/name";

const ofWorkload = (by: Resource): Worn => {
  const template = templateOf(by.type);
  const name = read(by.inputs, `${template}spec.serviceAccountName`);
  const namespace = read(by.inputs, "metadata.namespace") ?? "default";
  return {
    by,
    account: [name, namespace].includes(UNKNOWN) ? undefined : `${namespace}/${name}`,
    role: text(by.inputs, `${template}metadata.labels.[${nameLabel}]`) ?? by.name,
  };
};

const ofRunner = (by: Resource): Worn[] =>
  Object.values(read(by.inputs, "data") ?? {}).flatMap((file) => {
    const wordOf = (form: RegExp) => form.exec(String(file))?.[1];
    const name = wordOf(/^service_account = "([^"]+)"$/m);
    const role = wordOf(/^pod_labels = .*"app\.kubernetes\.io\/name" = "([^"]+)"/m) ?? by.name;
    return name ? [{ by, account: `${wordOf(/^namespace = "([^"]+)"$/m)}/${name}`, role }] : [];
  });

const wornIn = (stack: Stack): readonly Worn[] => [
  ...stack.of(...podTypes).map(ofWorkload),
  ...stack.of("kubernetes:core/v1:ConfigMap").flatMap(ofRunner),
];

function* accounts(stack: Stack): Iterable<Finding> {
  const all = wornIn(stack);
  for (const { by, account, role } of all) {
    const others = new Set(
      all.flatMap((each) => (each.account === account && each.role !== role ? [each.role] : [])),
    );
    const judged =
      others.size > 0
        ? fail(`${[...others].join(" and ")} runs as ${account} too: each needs an account of its own`)
        : passOn(() => `only ${role} runs as ${account}`);
    yield { urn: by.urn, ...(account ? judged : open("serviceAccountName is not known yet")) };
  }
}

/** Rules on who gets a cluster's rights, and by which ServiceAccount. */
export const bindingRules: readonly Rule[] = [
  {
    ...known,
    name: "bindings-stay-in-namespace",
    scope: "stack",
    severity: "high",
    environments: "all",
    description:
      "Roles of the stack are bound to its ServiceAccounts, in one namespace to those of that namespace alone.",
    remediation:
      "Make a Role with the rights that are needed beside the ServiceAccount, and bind it there " +
      "(components/kubernetes/runnerPod.ts is one).",
    check: bindings,
  },
  {
    id: "K8S-29",
    name: "one-account-per-role",
    scope: "stack",
    severity: "high",
    environments: "all",
    description:
      "Workloads of two roles never run by the same ServiceAccount, so that each has only its own rights.",
    remediation: "Make a ServiceAccount for each (components/kubernetes/workload.ts).",
    check: accounts,
  },
];
