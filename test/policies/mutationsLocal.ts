import { objectStore } from "../../policies/rules/local/local";
import { secret } from "../../protocol/properties";
import type { Mutation } from "./mutation";
import { broken } from "./place";

const local = (type: string, name?: string) => ({
  stack: "local-prod",
  type: `ecluse-local:index:${type}`,
  name,
});
const tracking = local("Service", "tracking");
const serving = local("Service", "bank-churn-serve");
const blobs = local("Service", "store");
const postgres = local("Service", "database");
const cluster = local("PostgresCluster");
const database = local("Database");
const trust = local("WorkloadTrust");
const access = (name: string) => local("BlobAccess", `store-bank-churn-${name}`);
const variable = local("CiVariable", "bank-churn-variables-ecluse-data-url");
const beside = { with: "local-dev" } as const;

const identity = (environment: string, audience: string) => ({
  "env.ECLUSE_IDENTITY": JSON.stringify({ environment, audience, issuers: [] }),
});
const pgTrust = ["bin/postgres", "-c", "listen_addresses=127.0.0.1", "-c", "hba_file=/tmp/trust.conf"];
const everywhere = ["bin/postgres", "-c", "listen_addresses=*"];

/** The processes of one machine, broken as people break them. */
export const localMutations: readonly Mutation[] = [
  broken(tracking, "LOC-01", { "env.ECLUSE_HOST": "0.0.0.0" }, { "env.ECLUSE_HOST": undefined }),
  broken(
    blobs,
    "LOC-01",
    { command: [objectStore.program, objectStore.hostOption, "0.0.0.0"] },
    { command: [objectStore.program] },
  ),
  broken(postgres, "LOC-01", { command: everywhere }),
  broken(tracking, "LOC-02", { "env.ECLUSE_IDENTITY": undefined }),
  broken(tracking, "LOC-02", { command: ["mlflow", "server", "--host", "127.0.0.1"] }),
  broken(serving, "LOC-02", { "env.ECLUSE_SERVING_CALLERS": '["*"]' }, { "env.ECLUSE_IDENTITY": undefined }),
  broken(blobs, "LOC-02", { secretEnv: undefined }),
  broken(postgres, "LOC-02", { command: pgTrust }),
  broken(cluster, "LOC-02", { password: undefined }),
  broken(tracking, "LOC-03", { "env.PGPASSWORD": "h7Kq29fLw0Zt" }),
  broken(local("Task"), "LOC-03", {
    command: ["psql", "postgresql://mlflow:h7Kq29fLw0Zt@127.0.0.1/tracking"],
  }),
  broken(local("RandomSecret", "tracking-session-key"), "LOC-04", { bytes: 8 }, { bytes: undefined }),
  broken(local("DataFolder"), "LOC-05", { environment: "dev" }),
  broken(local("Port", "tracking-port"), "LOC-05", { environment: undefined }),
  broken(database, "LOC-06", { role: "postgres" }, { role: undefined }),
  broken(database, "LOC-06", { password: secret("mlflow"), adminPassword: secret("mlflow") }),
  broken(
    trust,
    "LOC-07",
    { environment: "dev" },
    { issuer: "https://dev.ecluse.local" },
    { "jwks.keys": [] },
  ),
  broken(tracking, "LOC-08", { "env.ECLUSE_ENVIRONMENT": "dev" }),
  broken(tracking, "LOC-08", identity("dev", "ecluse-dev-tracking"), identity("prod", "ecluse-dev-tracking")),
  broken(access("serve"), "LOC-09", { container: "artifacts" }, { permission: "read-write-delete" }),
  broken(variable, "LOC-10", { protected: false }, { masked: false }, { key: "ECLUSE_HOLDOUT_URL" }),
  { ...local("ProcessManager"), ...beside, rule: "LOC-11", copied: ["environment"] },
  { ...local("BlobContainer"), ...beside, rule: "LOC-11", copied: ["account"] },
].flat();
