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
  podMonitor(foundation, "database", {
    name: "database",
    namespace: data,
    labels: { "cnpg.io/cluster": "database" },
    port: "metrics",
  });
}

/** Pods by their labels, and the named port of their metrics. */
interface Monitored {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: string;
}

/** Has Prometheus read the metrics of pods. */
export function podMonitor({ options }: Foundation, logicalName: string, pods: Monitored): void {
  const { name, namespace, labels, port } = pods;
  new CustomResource(
    `${logicalName}-monitor`,
    {
      apiVersion,
      kind: "PodMonitor",
      metadata: { name, namespace },
      spec: { selector: { matchLabels: labels }, podMetricsEndpoints: [{ port }] },
    },
    options,
  );
}
