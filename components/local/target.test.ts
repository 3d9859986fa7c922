import { beforeAll, describe, expect, it } from "vitest";
import { objectStoreServer } from "../../local/objectStore/server";
import { Environment } from "../environment";
import { Forge } from "../forge";
import { testSettings } from "../kubernetes/fixture";
import { type Registered, register, treeOf, withoutProvider } from "./fixture";
import { target } from "./target";

const outputs = {
  "pulumi:pulumi:StackReference": {
    outputs: {
      url: "http://127.0.0.1:4000",
      projectIds: { "ecluse/platform": "1", "ecluse/bank-churn": "7" },
    },
  },
  "ecluse-local:index:Keypair": { jwk: '{"kty":"EC"}', privateKey: "private", publicKey: "public" },
  "ecluse-local:index:Port": { port: 4711 },
  "ecluse-local:index:Project": { projectId: "7" },
  "ecluse-local:index:PostgresCluster": { dataFolder: "/data" },
  "ecluse-local:index:BlobAccess": { url: "http://127.0.0.1:4711/data?secret" },
  "ecluse-local:index:DataFolder": { path: "/folder" },
  "ecluse-local:index:RandomSecret": { value: "secret" },
};

const settings = testSettings({ target: "local", forge: "local-forge", cluster: undefined });
let environment: readonly Registered[];
let forge: readonly Registered[];
beforeAll(async () => {
  environment = await register((parent) => {
    new Environment("dev", { settings, target }, { parent });
  }, outputs);
  forge = await register((parent) => {
    const { forge } = target;
    if (!forge) throw new Error("the local target makes a forge");
    const { stack, useCases, ports } = settings;
    const forgeSettings = { kind: "forge", stack, target: "local", useCases, ports } as const;
    new Forge("forge", { settings: forgeSettings, target: { forge }, environments: [] }, { parent });
  }, outputs);
});

const inputsOf = (type: string, name: string) =>
  environment.find((one) => one.type === `ecluse-local:index:${type}` && one.name === name)?.inputs;

describe("an environment on the local target", () => {
  it("has a component as the parent of every resource", () => {
    expect(withoutProvider(environment)).toEqual([]);
    expect(treeOf(environment)).toEqual({
      root: ["Environment dev"],
      dev: [
        "ArtifactStore dev-store",
        "Console dev-console",
        "ForgeTrust dev-forge",
        "MetadataDatabase dev-database",
        "ProcessManager dev-process-manager",
        "Scheduler dev-scheduler",
        "SigningKey dev-signing-key",
        "TrackingServer dev-tracking",
        "UseCase dev-bank-churn",
        "WorkloadKey dev-workload-key",
        "ecluse-local dev-local",
      ],
      "dev-bank-churn": ["ModelServer dev-bank-churn-serve", "ProjectVariables dev-bank-churn-variables"],
      "dev-bank-churn-serve": [
        "DataFolder dev-bank-churn-serve-folder",
        "Port dev-bank-churn-serve-port",
        "Service dev-bank-churn-serve",
      ],
      "dev-bank-churn-variables": [
        "CiVariable dev-bank-churn-variables-ecluse-data-url",
        "CiVariable dev-bank-churn-variables-ecluse-environment",
        "CiVariable dev-bank-churn-variables-ecluse-use-case",
        "CiVariable dev-bank-churn-variables-mlflow-tracking-uri",
        "CiVariable dev-bank-churn-variables-mlflow-workspace",
      ],
      "dev-console": ["Port dev-console-port", "Service dev-console"],
      "dev-database": [
        "Database dev-database-databases",
        "Port dev-database-port",
        "PostgresCluster dev-database-cluster",
        "RandomSecret dev-database-admin-password",
        "RandomSecret dev-database-role-password",
        "Service dev-database",
      ],
      "dev-forge": ["StackReference dev-forge-stack", "WorkloadTrust dev-forge"],
      "dev-scheduler": ["Service dev-scheduler"],
      "dev-signing-key": ["Keypair dev-signing-key"],
      "dev-store": [
        "BlobAccess dev-store-bank-churn-compact-inference",
        "BlobAccess dev-store-bank-churn-judge",
        "BlobAccess dev-store-bank-churn-land",
        "BlobAccess dev-store-bank-churn-land-holdout",
        "BlobAccess dev-store-bank-churn-monitor-inference",
        "BlobAccess dev-store-bank-churn-monitor-reports",
        "BlobAccess dev-store-bank-churn-serve",
        "BlobAccess dev-store-bank-churn-train",
        "BlobAccess dev-store-console-reports",
        "BlobContainer dev-store-artifacts",
        "BlobContainer dev-store-data",
        "BlobContainer dev-store-holdout",
        "BlobContainer dev-store-inference",
        "BlobContainer dev-store-reports",
        "DataFolder dev-store-folder",
        "Port dev-store-port",
        "RandomSecret dev-store-key",
        "Service dev-store",
      ],
      "dev-tracking": [
        "Port dev-tracking-port",
        "RandomSecret dev-tracking-session-key",
        "Service dev-tracking",
        "Task dev-tracking-prepare",
      ],
      "dev-workload-key": ["Keypair dev-workload-key"],
    });
  });

  it("gives each process of it the name of its log, whatever its resource is called", () => {
    const services = environment.filter(({ type }) => /:(Service|Task)$/.test(type));
    expect(services.map(({ inputs }) => `${inputs.environment}/${inputs.name}`).sort()).toEqual([
      "dev/blobs",
      "dev/console",
      "dev/postgres",
      "dev/prepare",
      "dev/scheduler",
      "dev/serving-bank-churn",
      "dev/tracking",
    ]);
  });

  it("masks the CI variables that hold a key, and no other", () => {
    const variables = environment.filter(({ type }) => type.endsWith(":CiVariable"));
    expect(variables.filter(({ inputs }) => inputs.masked).map(({ inputs }) => inputs.key)).toEqual([
      "ECLUSE_DATA_URL",
    ]);
    expect(new Set(variables.map(({ inputs }) => inputs.protected))).toEqual(new Set([false]));
  });

  it("starts the object store on loopback, at its port and in its folder", () => {
    const { command, secretEnv } = inputsOf("Service", "dev-store") as Record<string, unknown>;
    const place = { port: 4711, folder: "/folder" };
    const words = objectStoreServer.command.map((word) => (typeof word === "string" ? word : word(place)));
    expect(command).toEqual(words);
    expect(words).toEqual(expect.arrayContaining(["127.0.0.1", "4711", "/folder"]));
    expect(JSON.stringify(secretEnv)).toContain(
      JSON.stringify(objectStoreServer.secretEnv("eclusedev", "secret")),
    );
  });

  it("has the scheduler put the log together each hour, by a right that opens no reports and no tracking", () => {
    const { secretEnv } = inputsOf("Service", "dev-scheduler") as {
      secretEnv: { value: { ECLUSE_SCHEDULES: string } };
    };
    const { jobs } = JSON.parse(secretEnv.value.ECLUSE_SCHEDULES);
    const [, compaction] = jobs;
    expect(compaction).toMatchObject({ name: "bank-churn/compact", cron: "5 * * * *" });
    expect(compaction.command.slice(1)).toEqual(["-m", "ecluse_monitor", "compact"]);
    const given = Object.keys(compaction.env).filter((name) => /^(ECLUSE|MLFLOW)_/.test(name));
    expect(given.sort()).toEqual(["ECLUSE_INFERENCE_URL", "ECLUSE_LOG_DAYS", "ECLUSE_USE_CASE"]);
    expect(inputsOf("BlobAccess", "dev-store-bank-churn-compact-inference")).toMatchObject({
      container: "inference",
      permission: "read-write-delete",
    });
  });

  it("opens to a model server only the writing of its requests", () => {
    expect(inputsOf("BlobAccess", "dev-store-bank-churn-serve")).toMatchObject({
      container: "inference",
      permission: "write",
    });
  });

  it("gives the console addresses, and no right but to read the reports", () => {
    expect(inputsOf("BlobAccess", "dev-store-console-reports")).toMatchObject({
      container: "reports",
      permission: "read",
    });
    const { env, secretEnv } = inputsOf("Service", "dev-console") as {
      env: Record<string, string>;
      secretEnv: { value: Record<string, string> };
    };
    expect(Object.keys(secretEnv.value)).toEqual(["ECLUSE_REPORTS_URL"]);
    expect(env.ECLUSE_HOST).toBe("127.0.0.1");
    expect(JSON.parse(env.ECLUSE_USE_CASES ?? "")).toEqual([
      { name: "bank-churn", serving: "http://127.0.0.1:4711", project: "7" },
    ]);
  });

  it("makes the forge trust its own workloads, in the projects of its use cases", () => {
    expect(inputsOf("WorkloadTrust", "dev-forge")).toEqual({
      environment: "dev",
      issuer: "https://dev.ecluse.local",
      jwks: { keys: [{ kty: "EC" }] },
      projects: ["7"],
    });
  });
});

describe("the forge on the local target", () => {
  it("has a component as the parent of every resource", () => {
    expect(withoutProvider(forge)).toEqual([]);
    expect(treeOf(forge)).toEqual({
      root: ["Forge forge"],
      forge: [
        "ForgeProject forge-bank-churn",
        "ForgeProject forge-platform",
        "ForgeServer forge-server",
        "ProcessManager forge-process-manager",
        "ecluse-local forge-local",
      ],
      "forge-server": ["Port forge-server-port", "Service forge-server"],
      "forge-bank-churn": ["Project forge-bank-churn"],
      "forge-platform": ["Project forge-platform"],
    });
  });
});
