import { type Properties, UNKNOWN, type Value } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { contextOfStack } from "../../context";
import { clusterType, objectStoreType } from "./stores";

const metadata = (name: Value) => ({ name, namespace: "prod-data" });
const cluster = (spec: Properties): Sketch => ({
  type: clusterType,
  inputs: { metadata: metadata("database"), spec },
});
const store = (spec: Properties, name = "store"): Sketch => ({
  type: objectStoreType,
  inputs: { metadata: metadata(name), spec },
});
const schedule = (changes: Properties, name: Value = "database"): Sketch => ({
  type: "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
  inputs: {
    metadata: metadata("daily"),
    spec: { schedule: "0 30 1 * * *", cluster: { name }, ...changes },
  },
});

const service = (spec: Properties) => ({
  spec: { managed: { services: { additional: [{ selectorType: "rw", serviceTemplate: { spec } }] } } },
});
const hba = (...lines: Value[]) => ({ spec: { postgresql: { pg_hba: [...lines] } } });
const own = "hostssl tracking,auth prepare,tracking all scram-sha-256";
const last = "host all all all reject";
const role = (changes: Properties) => ({ spec: { managed: { roles: [{ name: "a", ...changes }] } } });
const parameters = (given: Properties) => ({ spec: { postgresql: { parameters: given } } });
const logging = {
  log_connections: "on",
  log_disconnections: "on",
  log_checkpoints: "on",
  "pgaudit.log": "ddl, role",
};

const barmanObjectStore = {
  destinationPath: "s3://ecluse-prod-backups/",
  endpointURL: "https://s3.example.com",
};
const native = (retentionPolicy: Value): Sketch =>
  cluster({ backup: { barmanObjectStore, retentionPolicy } });
const plugins = (changes: Properties = {}): Sketch =>
  cluster({
    plugins: [
      {
        name: "barman-cloud.cloudnative-pg.io",
        isWALArchiver: true,
        parameters: { barmanObjectName: "store" },
        ...changes,
      },
    ],
  });
const byPlugin = { method: "plugin", pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" } };
const kept = (changes: Properties) => ({
  spec: { backup: { barmanObjectStore: { ...barmanObjectStore, ...changes } } },
});
const recovered = (changes: Properties) => ({
  spec: { externalClusters: [{ name: "old", barmanObjectStore: { ...barmanObjectStore, ...changes } }] },
});
const standBy = {
  instances: 3,
  enablePDB: true,
  affinity: { podAntiAffinityType: "required", topologyKey: "kubernetes.io/hostname" },
};

const pod = (name: string, value: Value): Sketch => ({
  type: "kubernetes:apps/v1:Deployment",
  inputs: { spec: { template: { spec: { containers: [{ env: [{ name, value }] }] } } } },
});
const tracking = (query: Value) =>
  pod("ECLUSE_TRACKING_DATABASE", `postgresql+psycopg2://a@database-rw.prod-data.svc:5432/tracking${query}`);

const onPremises = contextOfStack("onprem-prod");

/** What each rule on PostgreSQL in a cluster passes, and what it refuses. */
export const cloudNativePgCases: Cases = {
  "CNPG-01": {
    pass: service({ type: "ClusterIP" }),
    fail: [
      service({ type: "LoadBalancer" }),
      service({ type: "NodePort" }),
      service({ externalIPs: ["192.0.2.1"] }),
    ],
  },
  "CNPG-02": {
    pass: hba(own, "hostssl tracking monitor 10.0.0.0 255.0.0.0 cert map=a", "local all all peer", last),
    fail: [
      hba(own),
      {},
      hba("host all all all trust", last),
      hba("hostssl tracking tracking all md5", last),
      hba("hostssl tracking tracking all password", last),
      hba("hostssl all tracking all scram-sha-256", last),
      hba("hostssl tracking all all scram-sha-256", last),
      hba("hostssl tracking +writers all scram-sha-256", last),
      hba("local all all trust", last),
      hba("include more.conf", last),
      hba(last, own),
    ],
    open: { type: clusterType, inputs: hba(UNKNOWN, last) },
  },
  "CNPG-03": {
    pass: { spec: { enableSuperuserAccess: false, managed: { roles: [{ name: "a", superuser: false }] } } },
    fail: [
      { spec: { enableSuperuserAccess: true } },
      role({ superuser: true }),
      role({ createrole: true }),
      role({ replication: true }),
      role({ bypassrls: true }),
      role({ inRoles: ["pg_monitor", "pg_execute_server_program"] }),
    ],
  },
  "CNPG-04": {
    pass: hba(own, "hostnossl all all all reject"),
    fail: [
      hba("host tracking tracking all scram-sha-256", last),
      hba("hostnossl tracking a all md5", last),
      hba(own),
    ],
  },
  "CNPG-05": {
    pass: parameters({ ssl_min_protocol_version: "TLSv1.3" }),
    fail: [parameters({ ssl_min_protocol_version: "TLSv1" }), parameters({}), {}],
  },
  "CNPG-06": {
    pass: parameters(logging),
    fail: [
      parameters({ ...logging, log_connections: "off" }),
      parameters({ ...logging, log_disconnections: "off" }),
      parameters({ ...logging, log_checkpoints: "off" }),
      parameters({ ...logging, "pgaudit.log": "none" }),
      {},
    ],
  },
  "CNPG-07": {
    context: onPremises,
    pass: [native("14d"), { ...plugins(), name: "other" }, store({ retentionPolicy: "2w" })],
    fail: [
      [native("1d")],
      [native("13d")],
      [native(null)],
      [native("14")],
      [cluster({})],
      [cluster({ backup: { retentionPolicy: "30d" } })],
      [plugins()],
      [plugins(), store({ retentionPolicy: "1d" })],
      [plugins(), store({ retentionPolicy: "1m" }, "another")],
      [plugins({ isWALArchiver: false }), store({ retentionPolicy: "1m" })],
      [plugins({ enabled: false }), store({ retentionPolicy: "1m" })],
    ],
    open: [native(UNKNOWN)],
    alsoOpen: [
      [plugins({ parameters: UNKNOWN }), store({ retentionPolicy: "1m" })],
      [plugins(), store({ retentionPolicy: UNKNOWN })],
      [cluster({ plugins: UNKNOWN })],
    ],
  },
  "CNPG-08": {
    context: onPremises,
    pass: [native("14d"), schedule({ method: "barmanObjectStore" })],
    fail: [
      [native("14d")],
      [native("14d"), schedule({ suspend: true })],
      [native("14d"), schedule({ schedule: "0 30 1 * * 0" })],
      [native("14d"), schedule({ schedule: "0 30 1 1 1" })],
      [native("14d"), schedule({ schedule: null })],
      [native("14d"), schedule({}, "another")],
      [native("14d"), schedule({ method: "volumeSnapshot" })],
      [native("14d"), schedule(byPlugin)],
      [plugins(), schedule({ method: "barmanObjectStore" })],
      [plugins(), schedule({ method: "plugin", pluginConfiguration: { name: "another" } })],
    ],
    open: [native("14d"), schedule({}, UNKNOWN)],
    alsoOpen: [
      [native("14d"), schedule({ suspend: UNKNOWN })],
      [plugins(), schedule({ ...byPlugin, schedule: UNKNOWN })],
    ],
  },
  "CNPG-09": {
    pass: kept({}),
    fail: [
      kept({ endpointURL: "http://s3.example.com" }),
      kept({ destinationPath: "http://store.example.com/account/backups" }),
      recovered({ endpointURL: "http://s3.example.com" }),
      store({ configuration: { ...barmanObjectStore, endpointURL: "http://rustfs:9000" } }),
    ],
  },
  "CNPG-10": {
    context: onPremises,
    pass: kept({}),
    fail: [
      kept({ destinationPath: "s3://ecluse-dev-backups/" }),
      kept({ destinationPath: "s3://ecluse-prod-artifacts/backups" }),
      kept({ endpointURL: "https://objects.dev-data.svc.cluster.local:8443" }),
      kept({ endpointURL: "https://s3.example.com.example.org" }),
      kept({ endpointURL: null }),
      recovered({ destinationPath: "s3://ecluse-dev-backups/" }),
      store({ configuration: { ...barmanObjectStore, destinationPath: "s3://ecluse-dev-backups/" } }),
    ],
  },
  "CNPG-11": {
    context: onPremises,
    pass: { spec: standBy },
    fail: [
      { spec: { ...standBy, instances: 1 } },
      { spec: { ...standBy, enablePDB: false } },
      { spec: { ...standBy, affinity: { ...standBy.affinity, podAntiAffinityType: "preferred" } } },
      { spec: { ...standBy, affinity: { ...standBy.affinity, enablePodAntiAffinity: false } } },
      { spec: { ...standBy, affinity: { ...standBy.affinity, topologyKey: "zone-of-nobody" } } },
      {},
    ],
  },
  "CNPG-12": {
    context: onPremises,
    pass: tracking("?sslmode=verify-full&sslrootcert=/ca.crt"),
    fail: [
      tracking("?sslmode=require"),
      tracking("?sslmode=disable"),
      tracking(""),
      pod("BACKEND", "postgres://database-rw/tracking?sslmode=prefer"),
      pod("PGSSLMODE", "allow"),
    ],
    open: pod("ECLUSE_TRACKING_DATABASE", UNKNOWN),
  },
};
