import type { KubernetesSettings } from "../settings";
import type { Foundation, PodAccess } from "./foundation";
import type { Authority } from "./onpremiseAuthority";

/** The rest of a foundation on the team's own cluster, on which its object store and its database stand. */
export type Ground = Omit<Foundation, "store" | "database"> & {
  readonly kubernetes: KubernetesSettings;
  readonly authority: Authority;
};

/** Access that gives nothing yet. */
export const noAccess: PodAccess = { env: [], volumes: [], mounts: [], egress: [], dependsOn: [] };

/** An environment variable whose value is a key of a Secret. */
export const byReference = (variable: string, secret: string, key: string) => ({
  name: variable,
  valueFrom: { secretKeyRef: { name: secret, key } },
});
