import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { PodPlace } from "../kubernetes/foundation";
import { namespaces } from "../naming";
import { askedOf, identitiesOf, ofType, type Registered, registeredBy, scopeOf } from "./fixture";

const issuer = "https://oidc.example.com/";

const identities = (environment: "dev" | "prod") => {
  const asked = askedOf({ environment });
  return identitiesOf(asked, scopeOf(asked));
};

async function withPods(environment: "dev" | "prod") {
  const place = namespaces(environment);
  const pods: PodPlace[] = [
    { role: "database-admin", namespace: place.platform },
    { role: "tracking", namespace: place.platform },
    { role: "serve", namespace: place.useCase("bank-churn") },
    { role: "train", namespace: place.ci("bank-churn") },
    { role: "release", namespace: place.release },
  ];
  const all = await registeredBy(() => {
    const made = identities(environment);
    for (const pod of [...pods, ...pods]) made.workloadIdentity(pod);
    made.pipeline("bank-churn");
    made.workloadIdentity({ role: "runner", namespace: place.release });
  });
  return {
    identities: ofType(all, "managedidentity:UserAssignedIdentity"),
    credentials: ofType(all, "managedidentity:FederatedIdentityCredential"),
  };
}

const trusts = (credentials: Registered[]) =>
  credentials.map(({ inputs }) => [inputs.resourceName, inputs.issuer, inputs.subject]).sort();

test("in production each role has its own identity, and pipelines are known by their protected branch", async () => {
  const prod = await withPods("prod");
  const gitlab = "https://gitlab.example.com";
  expect(trusts(prod.credentials)).toEqual([
    ["id-ecluse-prod-bank-churn-ci", gitlab, "project_path:ecluse/bank-churn:ref_type:branch:ref:main"],
    ["id-ecluse-prod-bank-churn-ci-train", issuer, "system:serviceaccount:prod-bank-churn-ci:train"],
    ["id-ecluse-prod-bank-churn-serve", issuer, "system:serviceaccount:prod-bank-churn:serve"],
    ["id-ecluse-prod-database-admin", issuer, "system:serviceaccount:prod-platform:database-admin"],
    ["id-ecluse-prod-release", gitlab, "project_path:ecluse/platform:ref_type:branch:ref:main"],
    ["id-ecluse-prod-release", issuer, "system:serviceaccount:prod-release:release"],
    ["id-ecluse-prod-release-runner", issuer, "system:serviceaccount:prod-release:runner"],
    ["id-ecluse-prod-tracking", issuer, "system:serviceaccount:prod-platform:tracking"],
  ]);
  expect(prod.identities).toHaveLength(7);
});

test("in development no branch of GitLab stands for an identity", async () => {
  const dev = await withPods("dev");
  expect(trusts(dev.credentials)).toEqual([
    ["id-ecluse-dev-bank-churn-ci-train", issuer, "system:serviceaccount:dev-bank-churn-ci:train"],
    ["id-ecluse-dev-bank-churn-serve", issuer, "system:serviceaccount:dev-bank-churn:serve"],
    ["id-ecluse-dev-database-admin", issuer, "system:serviceaccount:dev-platform:database-admin"],
    ["id-ecluse-dev-release", issuer, "system:serviceaccount:dev-release:release"],
    ["id-ecluse-dev-release-runner", issuer, "system:serviceaccount:dev-release:runner"],
    ["id-ecluse-dev-tracking", issuer, "system:serviceaccount:dev-platform:tracking"],
  ]);
});

test("every credential has Entra's audience alone, and an identity's second waits for its first", async () => {
  const { credentials } = await withPods("prod");
  for (const { inputs } of credentials) expect(inputs.audiences).toEqual(["api://AzureADTokenExchange"]);
  expect(credentials.find(({ name }) => name === "prod-identities-release-gitlab")?.dependsOn).toContain(
    "prod-identities-release-kubernetes",
  );
});

test("each belongs to a part of its own, whose name begins with the environment's", async () => {
  const { identities } = await withPods("prod");
  for (const { name, parent } of identities) {
    expect(parent).toEqual({ type: "ecluse:azure:Identity", name });
    expect(name).toMatch(/^prod-identities-/);
  }
});

test(
  "a pod's account carries the identity's client id; a runner's pod gets no token of it, for the CSI " +
    "driver fetches in its place",
  async () => {
    const annotations: unknown[] = [];
    await registeredBy(() => {
      const made = identities("dev");
      const tracking = made.workloadIdentity({ role: "tracking", namespace: "dev-platform" });
      expect(tracking.labels).toEqual({ "azure.workload.identity/use": "true" });
      expect(tracking.annotations["azure.workload.identity/tenant-id"]).toBe(
        "22222222-2222-4222-8222-222222222222",
      );
      pulumi
        .output(tracking.annotations["azure.workload.identity/client-id"])
        .apply((id) => annotations.push(id));
      const runner = made.workloadIdentity({ role: "runner", namespace: "dev-release" });
      expect([Object.keys(runner.annotations), runner.labels]).toEqual([
        Object.keys(tracking.annotations),
        {},
      ]);
      for (const role of ["objects-admin", "build"] as const)
        expect(made.workloadIdentity({ role, namespace: "dev-data" })).toEqual({
          annotations: {},
          labels: {},
        });
    });
    expect(annotations).toEqual(["client-of-dev-identities-tracking"]);
  },
);
