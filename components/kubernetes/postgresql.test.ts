import { describe, expect, it, vi } from "vitest";
import type { EnvironmentSettings } from "../settings";
import { only, type Recorded, record } from "./fixture";
import type { Foundation, Pod, PodAccess } from "./foundation";
import { onPremise, onPremiseSettings } from "./onpremise";
import { onPremiseTestSettings, ownS3 } from "./onpremiseFixture";

// Production without digests is components/images.test.ts's matter.
vi.mock("../images", async (original) => ({
  ...(await original<object>()),
  platformImage: (_settings: unknown, registry: string, name: string) => `${registry}/${name}@sha256:0`,
}));

const recordOn = (settings: EnvironmentSettings, program: (foundation: Foundation) => void = () => {}) =>
  record(({ parent }) => program(onPremise(onPremiseSettings(settings), parent)));

const production = (changes = {}) =>
  onPremiseTestSettings({ environment: "prod", tier: "production", profile: "standard", ...changes });

const specOf = async (settings: EnvironmentSettings) =>
  only(await recordOn(settings), "Cluster", "database").inputs.spec;

const pod = (role: Pod["role"]): Pod => ({ role, namespace: "dev-platform", name: `dev-tracking-${role}` });

async function accessOf(role: Pod["role"]): Promise<PodAccess> {
  let access: PodAccess | undefined;
  await recordOn(onPremiseTestSettings(), ({ database }) => {
    access = database.access(pod(role));
  });
  return access as PodAccess;
}

describe("the PostgreSQL cluster", () => {
  it("has no superuser over the network, and takes TLS 1.3 and scram from its two roles only", async () => {
    const spec = await specOf(onPremiseTestSettings());
    expect(spec.enableSuperuserAccess).toBe(false);
    expect(spec.postgresql.parameters).toMatchObject({
      ssl_min_protocol_version: "TLSv1.3",
      password_encryption: "scram-sha-256",
      log_connections: "on",
      log_disconnections: "on",
      "pgaudit.log": "ddl, role",
    });
    expect(spec.postgresql.pg_hba).toEqual([
      "hostssl tracking,auth prepare,tracking all scram-sha-256",
      "host all all all reject",
    ]);
    expect(spec.certificates).toEqual({
      serverCASecret: "database-rw-tls",
      serverTLSSecret: "database-rw-tls",
    });
    expect(spec.seccompProfile).toEqual({ type: "RuntimeDefault" });
  });

  it("has one role that owns and one that does not, neither with rights over the server", async () => {
    const spec = await specOf(onPremiseTestSettings());
    expect(spec.bootstrap.initdb).toMatchObject({
      database: "tracking",
      owner: "prepare",
      secret: { name: "database-prepare" },
    });
    const powers = {
      superuser: false,
      createdb: false,
      createrole: false,
      replication: false,
      bypassrls: false,
    };
    expect(spec.managed.roles).toMatchObject([
      { name: "prepare", login: true, ...powers, passwordSecret: { name: "database-prepare" } },
      { name: "tracking", login: true, ...powers, passwordSecret: { name: "database-tracking" } },
    ]);
    const { spec: auth } = only(await recordOn(onPremiseTestSettings()), "Database", "auth").inputs;
    expect(auth).toMatchObject({ name: "auth", owner: "prepare", databaseReclaimPolicy: "retain" });
  });

  it.each([
    ["frugal", 1, "7d", false],
    ["standard", 3, "14d", true],
    ["full", 5, "35d", true],
  ] as const)(
    "keeps backups and its pods as profile %s with %i instances asks",
    async (profile, instances, days, pdb) => {
      const spec = await specOf(
        onPremiseTestSettings({ profile }, { database: { instances, storageGb: 20 } }),
      );
      expect([spec.instances, spec.backup.retentionPolicy, spec.enablePDB]).toEqual([instances, days, pdb]);
      expect(spec.resources.requests.memory).toBe(spec.resources.limits.memory);
      expect(spec.storage).toEqual({ size: "20Gi", storageClass: "encrypted" });
    },
  );

  it.each([
    ["development", undefined, "preferred"],
    ["production", true, "required"],
  ] as const)("is protected in %s: %s", async (tier, protect, spread) => {
    const recorded = await recordOn(production({ tier, environment: "dev" }));
    const { options, inputs } = only(recorded, "Cluster", "database");
    expect(options.protect).toBe(protect);
    expect(inputs.spec.affinity.podAntiAffinityType).toBe(spread);
  });

  it("is backed up each day, to the team's own store or to the deployed one", async () => {
    const own = await recordOn(onPremiseTestSettings({}, { objectStore: ownS3 }));
    const store = (recorded: Recorded[]) =>
      only(recorded, "Cluster", "database").inputs.spec.backup.barmanObjectStore;
    expect(store(own)).toMatchObject({
      destinationPath: "s3://ecluse-prod-backups/",
      endpointURL: "https://s3.example.com",
      s3Credentials: { accessKeyId: { name: "objects-backup", key: "accessKey" } },
    });
    expect(store(own)).not.toHaveProperty("endpointCA");
    expect(store(await recordOn(onPremiseTestSettings()))).toMatchObject({
      destinationPath: "s3://dev-backups/",
      endpointCA: { name: "objects-tls", key: "ca.crt" },
    });
    expect(only(own, "ScheduledBackup", "database").inputs.spec).toMatchObject({
      schedule: "0 30 1 * * *",
      immediate: true,
      cluster: { name: "database" },
    });
  });
});

describe("what a pod gets", () => {
  it.each(["prepare", "tracking"] as const)(
    "is the user of its role for %s, with TLS verified",
    async (role) => {
      const { env, mounts, egress } = await accessOf(role);
      const host = "database-rw.dev-data.svc.cluster.local:5432";
      const tls = "sslmode=verify-full&sslrootcert=/var/run/ecluse/authority/ca.crt";
      expect(env).toEqual([
        { name: "ECLUSE_TRACKING_DATABASE", value: `postgresql+psycopg2://${role}@${host}/tracking?${tls}` },
        { name: "ECLUSE_AUTH_DATABASE", value: `postgresql+psycopg2://${role}@${host}/auth?${tls}` },
        { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: `database-${role}`, key: "PGPASSWORD" } } },
      ]);
      expect(mounts).toEqual([{ name: "authority", mountPath: "/var/run/ecluse/authority", readOnly: true }]);
      expect(egress).toEqual([
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "dev-data" } },
              podSelector: { matchExpressions: [{ key: "cnpg.io/cluster", operator: "Exists" }] },
            },
          ],
          ports: [5432],
        },
      ]);
    },
  );

  it("is nothing for any other", async () => {
    expect.assertions(1);
    await recordOn(onPremiseTestSettings(), ({ database }) => {
      expect(() => database.access(pod("serve"))).toThrow(/serve has no role in PostgreSQL/);
    });
  });
});

describe("the openings of PostgreSQL", () => {
  const policyOf = async (settings: EnvironmentSettings) =>
    only(await recordOn(settings), "NetworkPolicy", "database").inputs.spec;
  const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));
  const inNamespace = (name: string, labels: object) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    podSelector: { matchLabels: labels },
  });
  // Of any name: the cluster that a restore makes has another (docs/kubernetes.md).
  const itself = { podSelector: { matchExpressions: [{ key: "cnpg.io/cluster", operator: "Exists" }] } };
  const client = (name: string) => inNamespace("dev-platform", { "app.kubernetes.io/name": name });

  it("are its two clients, its operator, its replicas and Prometheus; the API server and its backups", async () => {
    expect(await policyOf(onPremiseTestSettings({}, { objectStore: ownS3 }))).toEqual({
      ...itself,
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [client("prepare"), client("tracking")], ports: tcp(5432) },
        {
          from: [inNamespace("cnpg-system", { "app.kubernetes.io/name": "cloudnative-pg" }), itself],
          ports: tcp(5432, 8000),
        },
        {
          from: [inNamespace("monitoring", { "app.kubernetes.io/name": "prometheus" })],
          ports: tcp(9187),
        },
      ],
      egress: [
        { to: [itself], ports: tcp(5432, 8000) },
        { to: [{ ipBlock: { cidr: "10.96.0.1/32" } }], ports: tcp(443, 6443) },
        { to: [{ ipBlock: { cidr: "192.0.2.20/32" } }], ports: tcp(443) },
      ],
    });
  });

  it("lead to the deployed store by its pod", async () => {
    const { egress } = await policyOf(onPremiseTestSettings());
    expect(egress[2]).toEqual({
      to: [inNamespace("dev-data", { "app.kubernetes.io/name": "objects" })],
      ports: tcp(8443),
    });
  });
});
