import { UNKNOWN, type Value } from "../../../protocol/properties";
import { allOf, every, includes, isNot, not, unset } from "../../conditions";
import type { Condition, ResourceRule } from "../../rule";
import { items } from "../../values";
import { fail, open, pass } from "../../verdict";

const role = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const clusterRole = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";

const changing = ["create", "update", "patch", "delete", "deletecollection"];

/** Rights by which whoever has them gets at more than they say; no verbs means any. */
const escalating: readonly { readonly resources: readonly string[]; readonly verbs?: readonly string[] }[] = [
  { resources: ["pods/exec", "pods/ephemeralcontainers", "pods/portforward", "nodes/proxy"] },
  { resources: ["secrets"], verbs: ["get", "list", "watch"] },
  { resources: ["secretproviderclasses"], verbs: changing },
  {
    resources: ["clusters", "databases", "backups", "scheduledbackups", "issuers", "certificates"],
    verbs: changing,
  },
  { resources: ["roles", "rolebindings", "clusterroles", "clusterrolebindings"], verbs: changing },
  { resources: ["serviceaccounts"], verbs: changing },
  { resources: ["networkpolicies", "resourcequotas", "limitranges", "namespaces"], verbs: changing },
  { resources: ["deployments", "statefulsets", "daemonsets", "replicasets", "cronjobs"], verbs: changing },
  { resources: ["serviceaccounts/token"], verbs: ["create"] },
  { resources: ["persistentvolumes"], verbs: ["create"] },
  { resources: ["certificatesigningrequests/approval"], verbs: ["update", "patch"] },
  {
    resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
    verbs: changing,
  },
];

/** In one namespace these are what a runner is for; in all of them they are the whole cluster. */
const everywhere = [{ resources: ["pods", "jobs", "secrets", "configmaps"], verbs: changing }];

// RBAC reads */exec as that part of every resource.
const covers = (listed: Value, name: string) => listed === name || listed === name.replace(/^[^/]+\//, "*/");

const modest: Condition = ({ value, resource }) => {
  const [resources, verbs] = [items(value, "resources"), items(value, "verbs")];
  if (!resources || !verbs || [...resources, ...verbs].includes(UNKNOWN))
    return open("the rights are not known yet");
  const refused = resource.type === clusterRole ? [...escalating, ...everywhere] : escalating;
  const found = refused.find(
    (right) =>
      right.resources.some((name) => resources.some((listed) => covers(listed, name))) &&
      (!right.verbs || right.verbs.some((verb) => verbs.includes(verb))),
  );
  return found
    ? fail(`it allows ${found.verbs?.join(", ") ?? "all"} on ${found.resources.join(", ")}`)
    : pass;
};

const lists = ["verbs", "resources", "apiGroups", "nonResourceURLs"];
const named = allOf(...lists.map((list) => not(includes(list, "*"), `${list} has *`)));
const asItself = allOf(
  ...["bind", "escalate", "impersonate"].map((verb) => not(includes("verbs", verb), `it may ${verb}`)),
);

/** Rules on who may do what in a cluster. */
export const clusterRightsRules: readonly ResourceRule[] = [
  {
    id: "K8S-19",
    name: "no-administrators-bound",
    scope: "resource",
    severity: "critical",
    environments: "all",
    types: [
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    ],
    description: "Nobody is bound to administrators' roles, and no role to everybody.",
    remediation: "Make a Role with the rights that are needed, and bind it to one ServiceAccount or group.",
    deviation:
      "Also system:authenticated and system:serviceaccounts: they are everybody who has any account at all.",
    check: allOf(
      isNot("roleRef.name", "cluster-admin", "admin"),
      every(
        "subjects",
        isNot(
          "name",
          "system:anonymous",
          "system:unauthenticated",
          "system:masters",
          "system:authenticated",
          "system:serviceaccounts",
        ),
      ),
    ),
  },
  {
    id: "K8S-20",
    name: "rights-stated-and-small",
    scope: "resource",
    severity: "high",
    environments: "all",
    types: [role, clusterRole],
    description: "Roles name their rights, and none leads to more rights than it says.",
    remediation:
      "Name resources and verbs, in a Role of one namespace (components/kubernetes/runnerPod.ts is one).",
    deviation:
      "As CIS AKS 4.1.9 to 4.1.12 also volumes, approval of certificates and admission webhooks. No aggregated " +
      "roles, whose rights others decide. No role reads Secrets, or makes workloads but a runner's pods.",
    check: allOf(unset("aggregationRule"), every("rules", allOf(named, asItself, modest))),
  },
];
