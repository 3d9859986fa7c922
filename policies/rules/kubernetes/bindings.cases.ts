import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";

const rbac = "rbac.authorization.k8s.io/v1";
const object = (type: string, name: string, inputs: Properties = {}, namespace = "prod-ci"): Sketch => ({
  type: `kubernetes:${type}`,
  name,
  inputs: { metadata: { name, namespace }, ...inputs },
});
const role = object(`${rbac}:Role`, "runner");
const account = object("core/v1:ServiceAccount", "runner");
const runner: Properties = { kind: "ServiceAccount", name: "runner", namespace: "prod-ci" };
const bound = (roleRef: Properties, subjects: Properties[] = [runner]) =>
  object(`${rbac}:RoleBinding`, "runner", {
    roleRef: { kind: "Role", name: "runner", ...roleRef },
    subjects,
  });
const everywhere = (name: string, subject: Properties = runner): Sketch => ({
  type: `kubernetes:${rbac}:ClusterRoleBinding`,
  name: "all",
  inputs: { metadata: { name: "all" }, roleRef: { kind: "ClusterRole", name }, subjects: [subject] },
});
const discovery = "system:service-account-issuer-discovery";

const pods = (name: string, serviceAccountName: string, label = name): Sketch =>
  object("apps/v1:Deployment", name, {
    spec: {
      template: { metadata: { labels: { "app.kubernetes.io/name": label } }, spec: { serviceAccountName } },
    },
  });
const jobs = (account: string): Sketch =>
  object("core/v1:ConfigMap", "runner-config", {
    data: {
      "tail.toml": [
        'namespace = "prod-ci"',
        `service_account = "${account}"`,
        'pod_labels = { "app.kubernetes.io/name" = "train" }',
      ].join("\n"),
    },
  });

/** Cases of the rules on who gets a cluster's rights. */
export const bindingCases: Cases = {
  "K8S-28": {
    pass: [role, account, bound({}), bound({}, [{ kind: "Group", name: "people" }]), everywhere(discovery)],
    fail: [
      [role, account, bound({}, [{ ...runner, namespace: "prod-other" }])],
      [role, bound({})],
      [account, bound({})],
      [role, account, bound({ kind: "ClusterRole", name: "view" })],
      [role, account, bound({}, [runner, { kind: "User", name: "somebody" }])],
      [account, everywhere("view")],
      [account, everywhere(discovery, { kind: "Group", name: "people" })],
      [everywhere(discovery)],
    ],
    open: [role, account, bound({}, [{ ...runner, name: UNKNOWN }])],
    alsoOpen: [[role, account, bound({ name: UNKNOWN })]],
    notApplicable: [role, account],
  },
  "K8S-29": {
    pass: [pods("serve", "serve"), pods("train", "train"), jobs("train")],
    fail: [
      [pods("serve", "serve"), pods("monitor", "serve")],
      [pods("serve", "serve"), jobs("serve")],
    ],
    open: [pods("serve", UNKNOWN)],
    notApplicable: [account],
  },
};
