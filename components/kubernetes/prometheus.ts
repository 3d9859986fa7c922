import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { input } from "@pulumi/kubernetes/types";
import { namespaces } from "../naming";
import type { Foundation } from "./foundation";
import { databaseAlerts, workloadAlerts } from "./prometheusAlerts";

const apiVersion = "monitoring.coreos.com/v1";

/** Prometheus's own pods, as the Prometheus operator labels them, in whatever namespace they are. */
export const prometheusPeer: input.networking.v1.NetworkPolicyPeer = {
  namespaceSelector: {},
  podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
};

/** Alerts on the environment, and on a team's own cluster what reads PostgreSQL's metrics; nothing where config has no Prometheus. */
export function prometheus(foundation: Foundation): void {
  const { settings, cluster, options } = foundation;
  if (!cluster.prometheus) return;
  const { platform, data } = namespaces(settings.environment);
  const onPremise = settings.kubernetes !== undefined;
  const groups = [
    { name: "ecluse-workloads", rules: workloadAlerts(settings) },
    ...(onPremise ? [{ name: "ecluse-database", rules: databaseAlerts(data) }] : []),
  ];
  new CustomResource(
    "alerts",
    {
      apiVersion,
      kind: "PrometheusRule",
      metadata: { name: "ecluse", namespace: platform },
      spec: { groups },
    },
    options,
  );
  if (!onPremise) return;
  new CustomResource(
    "database-monitor",
    {
      apiVersion,
      kind: "PodMonitor",
      metadata: { name: "database", namespace: data },
      spec: {
        selector: { matchLabels: { "cnpg.io/cluster": "database" } },
        podMetricsEndpoints: [{ port: "metrics" }],
      },
    },
    options,
  );
}
