import { describe, expect, it, vi } from "vitest";
import type { EnvironmentSettings } from "../settings";
import { only, record, templates } from "./fixture";
import type { Foundation, Pod, PodAccess } from "./foundation";
import { bucketPolicy, objectGrants } from "./objectsGrants";
import { onPremise, onPremiseSettings } from "./onpremise";
import { onPremiseTestSettings, ownS3 } from "./onpremiseFixture";
import { podsOf } from "./pods";

// Production without digests is components/images.test.ts's matter.
vi.mock("../images", async (original) => ({
  ...(await original<object>()),
  platformImage: (_settings: unknown, registry: string, name: string) => `${registry}/${name}@sha256:0`,
}));

const recordOn = (settings: EnvironmentSettings, program: (foundation: Foundation) => void = () => {}) =>
  record(({ parent }) => program(onPremise(onPremiseSettings(settings), parent)));

const monitor: Pod = podsOf("dev").monitor("bank-churn");
const own = (changes = {}) => onPremiseTestSettings({}, { objectStore: { ...ownS3, ...changes } });

/** What a store of these settings gives the monitor, and where its containers are. */
async function storeOf(settings: EnvironmentSettings) {
  let access: PodAccess | undefined;
  const urls: Record<string, string> = {};
  await recordOn(settings, ({ store }) => {
    access = store.access(monitor, "reports", "read-write");
    const { artifacts } = store;
    for (const [name, url] of Object.entries({ reports: store.url("reports"), artifacts }))
      url.apply((value) => {
        urls[name] = value;
      });
  });
  const env = Object.fromEntries(
    access?.env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]) ?? [],
  );
  return { access: access as PodAccess, env, urls };
}

describe("a team's own store", () => {
  it("is reached in S3's words, by the Secret of the role", async () => {
    const { access, env, urls } = await storeOf(own());
    expect(urls).toEqual({
      reports: "s3://ecluse-prod-reports?endpoint=https%3A%2F%2Fs3.example.com&region=eu-west-1",
      artifacts: "s3://ecluse-prod-artifacts/",
    });
    expect(env).toMatchObject({
      AWS_ACCESS_KEY_ID: { secretKeyRef: { name: "objects-monitor", key: "accessKey" } },
      AWS_SECRET_ACCESS_KEY: { secretKeyRef: { name: "objects-monitor", key: "secretKey" } },
      MLFLOW_S3_ENDPOINT_URL: "https://s3.example.com",
      AWS_DEFAULT_REGION: "eu-west-1",
    });
    expect(access.egress).toEqual([{ to: [{ ipBlock: { cidr: "192.0.2.20/32" } }], ports: [443] }]);
  });

  it.each([
    ["https://blobs.example.com/account", "account"],
    ["https://account.blob.example.com", "account"],
  ])("is reached in Azure's words at %s", async (endpoint, account) => {
    const { env, urls } = await storeOf(own({ kind: "azure", endpoint }));
    expect(urls).toEqual({
      reports: `${endpoint}/ecluse-prod-reports`,
      artifacts: `wasbs://ecluse-prod-artifacts@${account}.blob.core.windows.net/`,
    });
    expect(env).toEqual({
      AZURE_STORAGE_CONNECTION_STRING: { secretKeyRef: { name: "objects-monitor", key: "connectionString" } },
    });
  });
});

describe("the grants of the deployed store", () => {
  it("are all that anyone has", () => {
    const rows = objectGrants("dev", ["bank-churn"]);
    expect(rows.map(({ user, bucket, permission, folder }) => [user, bucket, permission, folder])).toEqual([
      ["dev-platform-tracking", "artifacts", "read-write-delete", undefined],
      ["dev-release-release", "data", "read", undefined],
      ["dev-release-release", "holdout", "read", undefined],
      ["dev-data-backup", "backups", "read-write-delete", undefined],
      ["dev-bank-churn-serve", "inference", "write", "bank-churn"],
      ["dev-bank-churn-monitor", "inference", "read", "bank-churn"],
      ["dev-bank-churn-compact", "inference", "read-write-delete", "bank-churn"],
      ["dev-bank-churn-monitor", "reports", "read-write", "bank-churn"],
      ["dev-bank-churn-ci-train", "data", "read", "bank-churn"],
      ["dev-bank-churn-land", "data", "read-write-delete", "bank-churn"],
      ["dev-bank-churn-land", "holdout", "read-write-delete", "bank-churn"],
    ]);
  });

  it("become statements on the use case's folder, and on listing it", () => {
    const grant = { user: "reader", bucket: "data", permission: "read", folder: "bank-churn" } as const;
    expect(bucketPolicy("dev-data", [grant])).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: ["reader"] },
          Action: ["s3:GetObject"],
          Resource: ["arn:aws:s3:::dev-data/bank-churn/*"],
        },
        {
          Effect: "Allow",
          Principal: { AWS: ["reader"] },
          Action: ["s3:ListBucket"],
          Resource: ["arn:aws:s3:::dev-data"],
          Condition: { StringLike: { "s3:prefix": "bank-churn/*" } },
        },
      ],
    });
  });

  it("give one who only writes no way to read or list", () => {
    const grant = { user: "writer", bucket: "inference", permission: "write", folder: "bank-churn" } as const;
    const allowed = bucketPolicy("dev-inference", [grant]).Statement.flatMap(({ Action }) => Action);
    expect(allowed).toEqual(["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]);
  });

  it.each([
    ["data", "read", /dev-bank-churn-monitor asks for read on data and has nothing/],
    ["reports", "read-write-delete", /asks for read-write-delete on reports and has read-write:/],
  ] as const)("refuse a pod that asks for more: %s %s", async (container, permission, message) => {
    expect.assertions(1);
    await recordOn(onPremiseTestSettings(), ({ store }) => {
      expect(() => store.access(monitor, container, permission)).toThrow(message);
    });
  });
});

describe("the deployed store", () => {
  it("is reached by TLS, with its authority beside the public ones, by a key of the pod's own", async () => {
    const { access, env, urls } = await storeOf(onPremiseTestSettings());
    const endpoint = "https://objects.dev-data.svc.cluster.local:8443";
    expect(urls).toEqual({
      reports: `s3://dev-reports?endpoint=${encodeURIComponent(endpoint)}&region=us-east-1`,
      artifacts: "s3://dev-artifacts/",
    });
    expect(env).toMatchObject({
      MLFLOW_S3_ENDPOINT_URL: endpoint,
      SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt",
      SSL_CERT_DIR: "/var/run/ecluse/authority",
      AWS_CA_BUNDLE: "/var/run/ecluse/authority/ca.crt",
      AWS_ACCESS_KEY_ID: { secretKeyRef: { name: "objects-monitor", key: "accessKey" } },
    });
    expect(access.egress[0]?.ports).toEqual([8443]);
  });

  it("makes the Secret of a pod once, however many containers it uses", async () => {
    const recorded = await recordOn(onPremiseTestSettings(), ({ store }) => {
      store.access(monitor, "inference", "read");
      store.access(monitor, "reports", "read-write");
    });
    expect(only(recorded, "Secret", "objects-monitor").inputs.metadata.namespace).toBe("dev-bank-churn");
  });

  it("runs as every pod does: without root, rights or a writable image, its probes by TLS", async () => {
    const found = templates(await recordOn(onPremiseTestSettings())).filter(
      ({ namespace }) => namespace === "dev-data",
    );
    expect(found.map(({ kind }) => kind).sort()).toEqual(["Job", "StatefulSet"]);
    for (const { template } of found) {
      expect(template.spec.automountServiceAccountToken).toBe(false);
      expect(template.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 10001,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(template.spec.containers[0].securityContext).toEqual({
        privileged: false,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ["ALL"] },
      });
    }
    const [server] = found.filter(({ kind }) => kind === "StatefulSet");
    const [container] = server?.template.spec.containers ?? [];
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"])
      expect(container[probe].httpGet).toEqual({ path: "/health", port: 8443, scheme: "HTTPS" });
    expect(container.env).toContainEqual({ name: "VGW_DISABLE_ACL", value: "true" });
    const writable = container.volumeMounts.filter(({ readOnly }: { readOnly?: boolean }) => !readOnly);
    expect(writable.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(["/tmp", "/data"]);
  });

  it("takes its users from a file, each with a role that may make nothing", async () => {
    const users = only(await recordOn(onPremiseTestSettings()), "Secret", "objects-users").inputs;
    const { accessAccounts } = JSON.parse(users.stringData.value["users.json"]) as {
      accessAccounts: Record<string, { access: string; role: string }>;
    };
    const names = [...new Set(objectGrants("dev", ["bank-churn"]).map(({ user }) => user))].sort();
    expect(Object.keys(accessAccounts)).toEqual(names);
    expect(Object.values(accessAccounts).map(({ role }) => role)).toEqual(names.map(() => "user"));
  });

  it("is opened to those who have a grant, its Job and PostgreSQL, and reaches nothing", async () => {
    const recorded = await recordOn(onPremiseTestSettings());
    const { ingress, egress } = only(recorded, "NetworkPolicy", "objects").inputs.spec;
    const peers = ingress[0].from.map(
      // biome-ignore lint/suspicious/noExplicitAny: a peer of a NetworkPolicy
      ({ namespaceSelector, podSelector }: any) =>
        [
          namespaceSelector?.matchLabels["kubernetes.io/metadata.name"],
          Object.values(podSelector.matchLabels ?? { any: podSelector.matchExpressions[0].key }),
        ].join("/"),
    );
    expect(peers).toEqual([
      "dev-data/objects-admin",
      "dev-platform/tracking",
      "dev-release/release",
      "dev-bank-churn/serve",
      "dev-bank-churn/monitor",
      "dev-bank-churn/compact",
      "dev-bank-churn/land",
      "dev-bank-churn-ci/train",
      "/cnpg.io/cluster",
    ]);
    expect(ingress[0].ports).toEqual([{ protocol: "TCP", port: 8443 }]);
    expect(egress ?? []).toEqual([]);
  });

  it.each([
    ["development", undefined],
    ["production", true],
  ] as const)("keeps its volume in %s: %s", async (tier, protect) => {
    const claim = only(
      await recordOn(onPremiseTestSettings({ tier })),
      "PersistentVolumeClaim",
      "objects-data",
    );
    expect(claim.options.protect).toBe(protect);
    expect(claim.inputs.spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      storageClassName: "encrypted",
      resources: { requests: { storage: "50Gi" } },
    });
  });

  it("has a Job that makes every bucket, versioned where nobody could make its objects again", async () => {
    const job = only(await recordOn(onPremiseTestSettings()), "Job", "objects-admin");
    const [container] = job.inputs.spec.template.spec.containers;
    const variable = container.env.find(({ name }: { name: string }) => name === "ECLUSE_BUCKETS");
    const buckets = JSON.parse(variable.value) as { name: string; versioned: boolean }[];
    expect(buckets.map(({ name, versioned }) => [name, versioned])).toEqual([
      ["dev-artifacts", true],
      ["dev-data", true],
      ["dev-holdout", true],
      ["dev-inference", false],
      ["dev-reports", false],
      ["dev-backups", false],
    ]);
    expect(container.command.slice(0, 2)).toEqual(["python", "-c"]);
  });
});
