import { type Properties, UNKNOWN } from "../../../protocol/properties";
import { type Cases, type Sketch, urnOf } from "../../cases";

const digest = `@sha256:${"0a".repeat(32)}`;
const pod = (container: Properties, more: Properties = {}): Properties => ({
  spec: { template: { spec: { containers: [{ name: "a", ...container }], ...more } } },
});
const deployment = (image: string, name = "it"): Sketch => ({
  type: "kubernetes:apps/v1:Deployment",
  name,
  inputs: pod({ image }),
});
const cluster = (imageName: string): Sketch => ({
  type: "kubernetes:postgresql.cnpg.io/v1:Cluster",
  inputs: { spec: { imageName } },
});
const registry: Sketch = {
  type: "azure-native:containerregistry:Registry",
  inputs: { registryName: "crecluseproda1" },
};
const reference: Sketch = { type: "pulumi:pulumi:StackReference" };
const azure = "pulumi:providers:azure-native";

/** What each rule on the supply chain passes, and what it refuses. */
export const supplyChainCases: Cases = {
  "SC-01": {
    pass: pod({ image: `r.example.com/mlflow${digest}` }),
    fail: [
      pod({ image: "r.example.com/other:1.0" }),
      pod({ image: "r.example.com/mlflow" }),
      pod({}),
      pod({ image: `a${digest}` }, { initContainers: [{ image: "b:1" }] }),
      cluster("r.example.com/postgres:17"),
    ],
    open: pod({ image: "r.example.com/mlflow:1.0" }),
  },
  "SC-02": {
    pass: [
      registry,
      deployment(`crecluseproda1.azurecr.io/mlflow${digest}`),
      { ...deployment(UNKNOWN, "planned"), propertyDependencies: { spec: [urnOf(registry.type)] } },
    ],
    fail: [
      [registry, deployment("docker.io/library/python:3")],
      [registry, deployment("python:3")],
      [registry, deployment("crecluseproda1.azurecr.io.evil.example/mlflow:1")],
      [deployment("crecluseproda1.azurecr.io/mlflow:1")],
      [registry, cluster("ghcr.io/cloudnative-pg/postgresql:17")],
    ],
    open: [registry, deployment(UNKNOWN)],
    // What another stack put out may be an image of anywhere.
    alsoOpen: [
      [
        registry,
        reference,
        {
          ...deployment(UNKNOWN),
          propertyDependencies: { spec: [urnOf(registry.type), urnOf(reference.type)] },
        },
      ],
    ],
  },
  "SC-03": {
    pass: pod({ image: "r.example.com/mlflow:1.0", imagePullPolicy: "Always" }),
    fail: [
      pod({ image: "r.example.com/mlflow:1.0", imagePullPolicy: "IfNotPresent" }),
      pod({ image: "r.example.com/mlflow:1.0" }),
      pod({ image: `a${digest}` }, { imagePullSecrets: [{ name: "login" }] }),
    ],
  },
  "SC-05": {
    pass: [
      { type: azure, name: "azure" },
      { type: "azure-native:keyvault:Vault", provider: `${urnOf(azure, "azure")}::id` },
      {
        type: "pulumi:pulumi:StackReference",
        provider: `${urnOf("pulumi:providers:pulumi", "default")}::id`,
      },
    ],
    fail: [
      [{ type: azure, name: "default_3_28_0" }],
      [{ type: "azure-native:keyvault:Vault", provider: `${urnOf(azure, "default")}::id` }],
    ],
    open: "never",
  },
};
