import type { Pod } from "./networkPolicies";

const pod = (name: string, namespace: string, labels: Pod["labels"] = {}) => ({
  name,
  ...{ namespace, labels, ports: [] },
});

/** Pods that others keep, which an environment talks with. */
export const others = {
  dns: pod("cluster DNS", "kube-system", { "k8s-app": "kube-dns" }),
  gate: pod("ingress controller", "traefik", { "app.kubernetes.io/name": "traefik" }),
  prometheus: pod("Prometheus", "monitoring", { "app.kubernetes.io/name": "prometheus" }),
  operator: pod("CloudNativePG", "cnpg-system", { "app.kubernetes.io/name": "cloudnative-pg" }),
} as const;

/** Something outside of the cluster that policies open a range to. */
export interface Place {
  readonly name: string;
  /** The range as policies have it, and an address in it. */
  readonly range: string;
  readonly address: string;
  /** Names that lead there. */
  readonly hosts: readonly string[];
  /** Its ports as policies must open them, where not the one that a name is called at. */
  readonly ports?: readonly number[];
}

/** A place by its range, of which the first address stands for all. */
export const place = (name: string, range: string, ...hosts: string[]): Place => {
  const [address = ""] = range.split("/");
  return { name, range, address, hosts };
};

/** Some networks judge a connection before the API's Service is translated, some after. */
const api = (range: string, ...ports: number[]): Place => ({
  ...place("API server", range, "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"),
  ports,
});

const entra = ["20.190.128.0/18", "40.126.0.0/18", "20.20.32.0/19", "20.231.128.0/19"].map((range) =>
  place("Entra ID", range),
);

/** What is outside of the cluster of each stack that ships, as its settings name it. */
const places: Readonly<Record<string, readonly Place[]>> = {
  "onprem-dev": [
    place("GitLab", "192.0.2.10/32", "gitlab.onprem.example.com"),
    place("package indexes", "192.0.2.40/32"),
    api("192.0.2.4/30", 443, 6443),
  ],
  "onprem-prod": [
    place("GitLab", "192.0.2.10/32", "gitlab.onprem.example.com"),
    place("the team's S3", "192.0.2.20/32", "s3.example.com"),
    api("192.0.2.12/30", 443, 6443),
  ],
  dev: [
    place("GitLab", "192.0.2.10/32", "gitlab.example.com"),
    place("package indexes", "192.0.2.20/32"),
    api("192.0.2.30/32", 443),
    place(
      "private endpoints",
      "10.20.8.0/22",
      "steclusedeva1.blob.core.windows.net",
      "psql-ecluse-dev-a1.postgres.database.azure.com",
    ),
    ...entra,
  ],
  prod: [
    place("GitLab", "192.0.2.10/32", "gitlab.example.com"),
    api("10.21.14.0/24", 443),
    place(
      "private endpoints",
      "10.21.8.0/22",
      "stecluseproda1.blob.core.windows.net",
      "psql-ecluse-prod-a1.postgres.database.azure.com",
    ),
    ...entra,
  ],
};

/** Names that pods are given and never call: the `iss` of the cluster's tokens. */
export const namesOnly = ["northeurope.oic.prod-aks.azure.com"];

/** What is outside of the cluster of a stack. */
export function placesOf(stack: string): readonly Place[] {
  const found = places[stack];
  if (!found) throw new Error(`test/reach/outside.ts does not say what is outside of ${stack}`);
  return found;
}
