import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";

const object = (kind: string, metadata: Properties): Sketch => ({
  type: `kubernetes:${kind}`,
  inputs: { metadata },
});
const namespace = (name: string) => object("core/v1:Namespace", { name });

/** What each rule on what environments see of each other passes, and what it refuses. */
export const environmentsCases: Cases = {
  "ENV-01": {
    pass: { name: "organization/ecluse/forge" },
    fail: [
      { name: "organization/ecluse/dev" },
      { name: "prod" },
      { name: "organization/ecluse/not-a-forge/dev" },
      {},
    ],
  },
  "ENV-05": {
    pass: [namespace("prod-platform"), object("core/v1:Service", { namespace: "prod-bank-churn" })],
    fail: [
      [namespace("dev-platform")],
      [namespace("production")],
      [object("core/v1:Service", { namespace: "dev-platform" })],
      [object("core/v1:Service", { namespace: "kube-system" })],
    ],
    open: [namespace(UNKNOWN)],
    notApplicable: [object("rbac.authorization.k8s.io/v1:ClusterRoleBinding", { name: "a" })],
  },
  "ENV-06": {
    pass: { environmentScope: "prod" },
    fail: [
      { environmentScope: "*" },
      { environmentScope: "prod*" },
      { environmentScope: "dev" },
      {},
      { type: "ecluse-local:index:CiVariable", inputs: { environment: "dev" } },
    ],
  },
};
