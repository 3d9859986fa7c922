import * as networking from "@pulumi/kubernetes/networking/v1";
import type { input } from "@pulumi/kubernetes/types";
import { namespaces } from "../naming";
import { type DatabaseArgs, databaseName } from "./cnpgSpec";
import { podPeer } from "./policy";
import { prometheusPeer } from "./prometheus";

type Peer = input.networking.v1.NetworkPolicyPeer;

const cluster = { podSelector: { matchLabels: { "cnpg.io/cluster": databaseName } } };

/** The pods of PostgreSQL, from any namespace. */
export const databasePeer = (namespace: string): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  ...cluster,
});

/** The operator, where its manifests put it. */
const operator: Peer = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "cnpg-system" } },
  podSelector: { matchLabels: { "app.kubernetes.io/name": "cloudnative-pg" } },
};

const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));

/** Opens PostgreSQL to its two clients, its operator, its own replicas and, by config, Prometheus; it reaches the API server and its backups. */
export function databasePolicy(args: DatabaseArgs, namespace: string): networking.NetworkPolicy {
  const { platform } = namespaces(args.settings.environment);
  const clients = (["prepare", "tracking"] as const).map((role) => podPeer({ role, namespace: platform }));
  return new networking.NetworkPolicy(
    "database-policy",
    {
      metadata: { name: databaseName, namespace },
      spec: {
        ...cluster,
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: clients, ports: tcp(5432) },
          // 8000 is the instance manager's, where the operator and the replicas ask for state.
          { from: [operator, cluster], ports: tcp(5432, 8000) },
          ...(args.cluster.prometheus ? [{ from: [prometheusPeer], ports: tcp(9187) }] : []),
        ],
        egress: [
          { to: [cluster], ports: tcp(5432, 8000) },
          { to: [{ ipBlock: { cidr: args.kubernetes.apiServerRange } }], ports: tcp(443, 6443) },
          ...args.backups.egress.map(({ to, ports }) => ({ to, ports: tcp(...ports) })),
        ],
      },
    },
    args.options,
  );
}
