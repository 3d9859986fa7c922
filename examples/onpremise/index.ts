// One environment on a cluster of your own: PostgreSQL, object store, tracking server, model server and monitor in it.
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "ecluse";
import { target } from "ecluse/kubernetes";

const config = new pulumi.Config();

const dev = new Environment("dev", {
  target,
  settings: {
    kind: "environment",
    stack: pulumi.getStack(),
    target: "kubernetes",
    environment: "dev",
    tier: "development",
    useCases: [{ name: "churn", contract: { target: "left", id: "customer" }, gates: { floor: 0.75 } }],
    governance: { owner: "data-team@example.com", costCenter: "42", dataClassification: "internal" },
    cluster: {
      domain: "dev.example.com",
      ingressClass: "nginx",
      ingressNamespace: "ingress-nginx",
      imageRegistry: "registry.example.com/ecluse",
      egressRanges: ["192.0.2.10/32"],
    },
    kubernetes: {
      context: config.require("context"),
      serviceAccountIssuer: "https://kubernetes.default.svc.cluster.local",
      apiServerRange: "10.96.0.1/32",
      objectStore: { kind: "deployed" },
    },
  },
});

/** Address of the tracking server for the pods of the cluster. */
export const tracking = dev.tracking;
