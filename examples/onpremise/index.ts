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
    profile: "frugal",
    monitorCron: "15 2 * * *",
    useCases: [
      {
        name: "churn",
        rows: 10_000,
        gpu: false,
        gates: {
          metric: "roc_auc",
          floor: 0.8,
          baselineMargin: 0.02,
          nonInferiorityMargin: 0.005,
          maxBrier: 0.15,
        },
      },
    ],
    ports: {},
    governance: { owner: "data-team@example.com", costCenter: "42", dataClassification: "internal" },
    cluster: {
      domain: "dev.example.com",
      ingressClass: "nginx",
      ingressNamespace: "ingress-nginx",
      imageRegistry: "registry.example.com/ecluse",
      buildImages: false,
      runner: false,
      prometheus: false,
      egressRanges: ["192.0.2.10/32"],
    },
    kubernetes: {
      context: config.require("context"),
      serviceAccountIssuer: "https://kubernetes.default.svc.cluster.local",
      apiServerRange: "10.96.0.1/32",
      database: { instances: 1, storageGb: 20 },
      objectStore: { kind: "deployed", storageGb: 50 },
    },
  },
});

/** Address of the tracking server for the pods of the cluster. */
export const tracking = dev.tracking;
