import type { Mutation } from "./mutation";
import { added, broken, object, within } from "./place";

const onPremises = { stack: "onprem-prod" };
const inDev = { stack: "onprem-dev" };
const cluster = { ...object("postgresql.cnpg.io/v1:Cluster"), ...onPremises };
const daily = { ...object("postgresql.cnpg.io/v1:ScheduledBackup"), ...onPremises };
const objectStore = { ...object("barmancloud.cnpg.io/v1:ObjectStore", "backups"), ...onPremises };
const plain = "http://s3.example.com";
const store = "spec.backup.barmanObjectStore";
const reject = "host all all all reject";

const hba = (rule: string, ...lists: string[][]) =>
  broken(cluster, rule, ...lists.map((lines) => ({ "spec.postgresql.pg_hba": lines })));
const parameter = (rule: string, name: string, value: string | undefined) =>
  broken(cluster, rule, { [`spec.postgresql.parameters.[${name}]`]: value });
const service = (spec: NonNullable<Mutation["set"]>) => ({
  "spec.managed.services.additional": [{ selectorType: "rw", serviceTemplate: { spec } as never }],
});

const accessMutations: (Mutation | Mutation[])[] = [
  broken(cluster, "CNPG-01", service({ type: "LoadBalancer" }), service({ type: "NodePort" })),
  broken({ ...cluster, ...inDev }, "CNPG-01", service({ externalIPs: ["192.0.2.1"] })),
  hba("CNPG-02", ["host all all all trust"], ["hostssl all all all scram-sha-256", reject]),
  hba(
    "CNPG-02",
    ["hostssl tracking,auth prepare,tracking all scram-sha-256"],
    ["hostssl a a all md5", reject],
  ),
  broken({ ...cluster, ...inDev }, "CNPG-02", { "spec.postgresql.pg_hba": undefined }),
  broken(cluster, "CNPG-03", { "spec.enableSuperuserAccess": true }),
  broken(cluster, "CNPG-03", { "spec.managed.roles.tracking.superuser": true }),
  broken({ ...cluster, ...inDev }, "CNPG-03", { "spec.managed.roles.tracking.bypassrls": true }),
  broken(cluster, "CNPG-03", { "spec.managed.roles.prepare.inRoles": ["pg_read_server_files"] }),
  hba(
    "CNPG-04",
    ["host tracking,auth prepare,tracking all scram-sha-256", reject],
    ["hostnossl a a all cert"],
  ),
  broken({ ...cluster, ...inDev }, "CNPG-04", { "spec.postgresql.pg_hba.1": undefined }),
  parameter("CNPG-05", "ssl_min_protocol_version", "TLSv1"),
  parameter("CNPG-05", "ssl_min_protocol_version", undefined),
  parameter("CNPG-06", "log_connections", "off"),
  parameter("CNPG-06", "log_disconnections", undefined),
  parameter("CNPG-06", "pgaudit.log", "none"),
];

const backupMutations: (Mutation | Mutation[])[] = [
  broken(cluster, "CNPG-07", { "spec.backup": undefined }, { [store]: undefined }),
  broken(cluster, "CNPG-07", { "spec.backup.retentionPolicy": "1d" }),
  broken({ ...cluster, ...inDev }, "CNPG-07", { "spec.backup": undefined }),
  broken({ ...cluster, ...inDev }, "CNPG-07", { "spec.backup.retentionPolicy": "1d" }),
  { ...daily, rule: "CNPG-08", drop: true },
  { ...daily, ...inDev, rule: "CNPG-08", drop: true },
  broken(daily, "CNPG-08", { "spec.suspend": true }, { "spec.schedule": "0 0 0 1 * *" }),
  broken(daily, "CNPG-08", { "spec.cluster.name": "restored" }, { "spec.method": "volumeSnapshot" }),
  broken(daily, "CNPG-08", { "metadata.namespace": "prod-platform" }),
  broken(cluster, "CNPG-09", { [`${store}.endpointURL`]: plain }),
  added(
    objectStore,
    "CNPG-09",
    within("spec.configuration", { destinationPath: "s3://a/", endpointURL: plain }),
  ),
  broken(cluster, "CNPG-10", { [`${store}.destinationPath`]: "s3://ecluse-dev-backups/" }),
  broken(cluster, "CNPG-10", { [`${store}.destinationPath`]: "s3://ecluse-prod-artifacts/" }),
  broken({ ...cluster, ...inDev }, "CNPG-10", { [`${store}.destinationPath`]: "s3://prod-backups/" }),
  broken({ ...cluster, ...inDev }, "CNPG-10", {
    [`${store}.endpointURL`]: "https://objects.prod-data.svc.cluster.local:8443",
  }),
  broken(cluster, "CNPG-10", {
    "spec.externalClusters": [
      { name: "old", barmanObjectStore: { destinationPath: "s3://ecluse-dev-backups/" } },
    ],
  }),
  {
    ...{ ...cluster, rule: "ISO-04", with: "onprem-dev" },
    copied: [`${store}.destinationPath`, `${store}.endpointURL`],
  },
  broken(cluster, "CNPG-11", { "spec.instances": 1 }, { "spec.enablePDB": false }),
  broken(cluster, "CNPG-11", { "spec.affinity.podAntiAffinityType": "preferred" }),
  broken(cluster, "CNPG-11", { "spec.affinity": undefined }),
];

const alerts = { ...object("monitoring.coreos.com/v1:PrometheusRule"), ...onPremises };
const podMonitor = {
  ...object("monitoring.coreos.com/v1:PodMonitor", "alerts-database-monitor"),
  ...onPremises,
};
const [workloads, ofDatabase] = ["spec.groups.ecluse-workloads", "spec.groups.ecluse-database"];

const alertMutations: (Mutation | Mutation[])[] = [
  { ...alerts, rule: "LOG-06", drop: true },
  { ...alerts, ...inDev, rule: "LOG-06", drop: true },
  { ...podMonitor, rule: "LOG-06", drop: true },
  broken(alerts, "LOG-06", { "spec.groups": undefined }, { "spec.groups": [] }),
  broken(alerts, "LOG-06", { [workloads]: undefined }, { [ofDatabase]: undefined }),
  broken(alerts, "LOG-06", { [`${workloads}.rules`]: [] }, { [`${workloads}.rules.0`]: undefined }),
  broken(
    alerts,
    "LOG-06",
    { [`${ofDatabase}.rules.1`]: undefined },
    { [`${ofDatabase}.rules.2`]: undefined },
  ),
  broken(alerts, "LOG-06", { [`${ofDatabase}.rules.2.for`]: "52w" }),
  broken(alerts, "LOG-06", {
    [`${ofDatabase}.rules.0.expr`]: `cnpg_collector_up{namespace="dev-data"} == 0`,
  }),
];

const uri = "postgresql+psycopg2://tracking@database-rw.prod-data.svc.cluster.local:5432/tracking";
const tracking = { ...object("apps/v1:Deployment", "tracking"), ...onPremises };
const bucketJob = { ...object("batch/v1:Job", "objects-admin"), ...inDev };
const inPod = (path: string, value: string) =>
  within("spec.template.spec.containers.0.env", { [`${path}.value`]: value });
const everybody = { Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: ["*"] };
const madeBy = (changes: object) =>
  inPod(
    "ECLUSE_BUCKETS",
    JSON.stringify([{ name: "dev-artifacts", versioned: true, policy: {}, ...changes }]),
  );

const clientMutations: (Mutation | Mutation[])[] = [
  broken(tracking, "CNPG-12", inPod("ECLUSE_TRACKING_DATABASE", uri)),
  broken(tracking, "CNPG-12", inPod("ECLUSE_TRACKING_DATABASE", `${uri}?sslmode=require`)),
  broken(tracking, "CNPG-12", inPod("PGSSLMODE", "disable")),
  broken(bucketJob, "ST-19", madeBy({ policy: { Statement: [everybody] } })),
  broken(bucketJob, "ST-20", madeBy({ versioned: false })),
];

/** PostgreSQL in a cluster and the alerts of one, broken as people break them. */
export const cloudNativePgMutations: readonly Mutation[] = [
  accessMutations,
  backupMutations,
  alertMutations,
  clientMutations,
].flat(2);
