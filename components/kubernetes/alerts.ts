import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { namespaces } from "../naming";
import { within } from "../scope";
import { databaseAlerts, workloadAlerts } from "./alertRules";
import { authorityMap } from "./authority";
import type { PodScope } from "./foundation";
import { namespacePeer } from "./policy";

const apiVersion = "monitoring.coreos.com/v1";

/** Prometheus's own pods, as the Prometheus operator labels them, in its namespace: anybody may set a label. */
export const prometheusPeer = (namespace: string): input.networking.v1.NetworkPolicyPeer => ({
  ...namespacePeer(namespace),
  podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
});

/** What the alerts of an environment are made from; the Prometheus operator must be in the cluster. */
export interface AlertsArgs {
  readonly environment: string;
  readonly useCases: readonly string[];
  readonly scope: PodScope;
  /** Whether PostgreSQL runs in the cluster, by CloudNativePG. */
  readonly database: boolean;
}

/** Prometheus alerts on the workloads of an environment, and on PostgreSQL where the cluster runs it. */
export class Alerts extends pulumi.ComponentResource {
  constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:Alerts", name, {}, opts);
    const { options } = within(args.scope, this);
    const { platform, data } = namespaces(args.environment);
    const groups = [
      { name: "ecluse-workloads", rules: workloadAlerts(args.environment, args.useCases) },
      ...(args.database ? [{ name: "ecluse-database", rules: databaseAlerts(data) }] : []),
    ];
    const metadata = { name: "ecluse", namespace: platform };
    new CustomResource(name, { apiVersion, kind: "PrometheusRule", metadata, spec: { groups } }, options);
    if (args.database) {
      const labels = { "cnpg.io/cluster": "database" };
      podMonitor({ options }, `${name}-database`, {
        name: "database",
        namespace: data,
        labels,
        port: "metrics",
      });
    }
    this.registerOutputs({});
  }
}

/** Pods by their labels, and the named port of their metrics. */
interface Monitored {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: string;
  /** The name that their certificate of the environment's authority has; undefined where they speak plain HTTP. */
  readonly tlsHost?: string;
}

/** Has Prometheus read the metrics of pods. */
export function podMonitor(
  { options }: Pick<PodScope, "options">,
  logicalName: string,
  pods: Monitored,
): void {
  const { name, namespace, labels, port, tlsHost } = pods;
  const ca = { configMap: { name: authorityMap, key: "ca.crt" } };
  const endpoint = { port, ...(tlsHost && { scheme: "https", tlsConfig: { ca, serverName: tlsHost } }) };
  new CustomResource(
    `${logicalName}-monitor`,
    {
      apiVersion,
      kind: "PodMonitor",
      metadata: { name, namespace },
      spec: { selector: { matchLabels: labels }, podMetricsEndpoints: [endpoint] },
    },
    options,
  );
}
