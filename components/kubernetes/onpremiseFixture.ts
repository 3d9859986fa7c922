import type { EnvironmentSettings, KubernetesSettings } from "../settings";
import { testSettings } from "./fixture";

/** Settings of an environment on a team's own cluster, for tests. */
export function onPremiseTestSettings(
  changes: Partial<EnvironmentSettings> = {},
  kubernetes: Partial<KubernetesSettings> = {},
): EnvironmentSettings {
  const { cluster } = testSettings();
  if (!cluster) throw new Error("the settings of a test need a cluster");
  return testSettings({
    target: "kubernetes",
    cluster: { ...cluster, imageRegistry: "registry.example.com/ecluse", prometheus: true },
    kubernetes: {
      context: "onprem-dev",
      serviceAccountIssuer: "https://kubernetes.default.svc.cluster.local",
      apiServerRange: "10.96.0.1/32",
      storageClass: "encrypted",
      database: { instances: 3, storageGb: 20 },
      objectStore: { kind: "deployed", storageGb: 50 },
      ...kubernetes,
    },
    ...changes,
  });
}

/** A team's own S3, for tests. */
export const ownS3 = {
  kind: "s3",
  endpoint: "https://s3.example.com",
  region: "eu-west-1",
  prefix: "ecluse-prod",
  range: "192.0.2.20/32",
  port: 443,
} as const;
