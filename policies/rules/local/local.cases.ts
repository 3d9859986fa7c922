import { type Properties, secret, UNKNOWN } from "../../../protocol/properties";
import { type Cases, type Sketch, urnOf } from "../../cases";
import { objectStore } from "./local";

const local = (kind: string, inputs: Properties, more: Partial<Sketch> = {}): Sketch => ({
  type: `ecluse-local:index:${kind}`,
  inputs,
  ...more,
});
const randomSecret = (name: string) => urnOf("ecluse-local:index:RandomSecret", name);
const tracking = {
  command: ["/python", "-m", "ecluse_identity.serve"],
  env: { ECLUSE_HOST: "127.0.0.1", ECLUSE_IDENTITY: "{}" },
  ready: "http://127.0.0.1:4100/health",
};
const serving = (callers: string) => ({
  command: ["/python", "-m", "ecluse_serving"],
  env: { ECLUSE_IDENTITY: "{}", ECLUSE_SERVING_CALLERS: callers },
});
/** A server of which the plan knows only that its address comes from a port. */
const atPort = (inputs: Properties): Sketch =>
  local(
    "Service",
    { ...inputs, ready: UNKNOWN },
    { propertyDependencies: { ready: [urnOf("ecluse-local:index:Port")] } },
  );
const blobs = (...words: string[]) => ({ command: ["node", `${objectStore.program}/main.js`, ...words] });
const postgres = (...words: string[]) => ({ command: ["/pg/bin/postgres", "-D", "/data", ...words] });

const identity = (more: Properties = {}): Properties => ({
  ECLUSE_ENVIRONMENT: "prod",
  ECLUSE_IDENTITY: JSON.stringify({
    environment: "prod",
    audience: "ecluse-prod-tracking",
    issuers: [{ kind: "workload", issuer: "https://prod.ecluse.local" }],
    ...more,
  }),
});
const variable = (more: Properties): Sketch =>
  local(
    "CiVariable",
    { value: secret("x"), ...more },
    { propertyDependencies: { value: [randomSecret("a")] } },
  );
const compaction = { name: "dev-store-churn-compact-inference" };
const database = { role: "mlflow", adminPassword: "a", password: "b" };
const trust = { environment: "prod", issuer: "https://prod.ecluse.local", jwks: { keys: [{ kty: "EC" }] } };
const environment = (name: string) => local("ProcessManager", { environment: name });
const port = (number: number, name = "it") =>
  local("Port", { environment: "prod" }, { name, outputs: { port: number } });

/** What each rule on the local target passes, and what it refuses. */
export const localCases: Cases = {
  "LOC-01": {
    pass: tracking,
    fail: [
      { ...tracking, env: { ECLUSE_HOST: "0.0.0.0" } },
      { ...tracking, env: {} },
      { ...tracking, env: { ECLUSE_HOST: "192.168.1.2" } },
      blobs(objectStore.hostOption, "0.0.0.0"),
      blobs(objectStore.hostOption, "127.0.0.1", "--queueHost", "0.0.0.0"),
      postgres("-c", "listen_addresses=*"),
      postgres(),
      atPort({ ...tracking, env: {} }),
    ],
  },
  "LOC-02": {
    pass: tracking,
    fail: [
      { ...tracking, env: {} },
      { ...blobs(), secretEnv: {} },
      { ...serving('["*"]') },
      { ...serving('["person:*","*"]') },
      { ...postgres("-c", "hba_file=/open") },
      { command: ["python", "-m", "http.server"] },
      {
        command: ["python", "-m", "ecluse_console"],
        env: { ECLUSE_REPORTS_URL: "http://127.0.0.1/reports" },
      },
      atPort({ ...tracking, env: {} }),
      local("PostgresCluster", { environment: "prod", password: "" }),
    ],
    notApplicable: [{ command: ["scheduler"], ready: "file:///token" }],
  },
  "LOC-03": {
    pass: tracking,
    fail: [
      { command: ["x", `--password=${"h7Kq29fLw0Zt"}`, "postgres://a:h7Kq29fLw0Zt@b/"] },
      { command: ["x"], env: { DB_PASSWORD: "h7Kq29fLw0Zt" } },
      local(
        "Service",
        { command: UNKNOWN },
        { propertyDependencies: { command: [randomSecret("blob-key")] } },
      ),
    ],
  },
  "LOC-04": { pass: { bytes: 32 }, fail: [{ bytes: 16 }, {}] },
  "LOC-05": { pass: { environment: "prod" }, fail: [{ environment: "dev" }, { environment: "forge" }, {}] },
  "LOC-06": {
    pass: database,
    fail: [
      { ...database, role: "postgres" },
      { ...database, password: "a" },
      { ...database, password: "" },
      local(
        "Database",
        { ...database, adminPassword: UNKNOWN, password: UNKNOWN },
        {
          propertyDependencies: { adminPassword: [randomSecret("a")], password: [randomSecret("a")] },
        },
      ),
    ],
  },
  "LOC-07": {
    pass: trust,
    fail: [
      { ...trust, environment: "dev" },
      { ...trust, issuer: "https://dev.ecluse.local" },
      { ...trust, jwks: { keys: [] } },
      {},
    ],
  },
  "LOC-08": {
    pass: { env: identity() },
    fail: [
      { env: { ECLUSE_ENVIRONMENT: "dev" } },
      { env: identity({ environment: "dev" }) },
      { env: identity({ audience: "ecluse-dev-tracking" }) },
      { env: identity({ issuers: [{ kind: "workload", issuer: "https://dev.ecluse.local" }] }) },
    ],
  },
  "LOC-09": {
    pass: local("BlobAccess", { container: "inference", permission: "read-write-delete" }, compaction),
    fail: [
      { container: "artifacts", permission: "read" },
      { container: "reports", permission: "read-write-delete" },
      { container: "inference", permission: "read-write-delete" },
      local("BlobAccess", { container: "reports", permission: "read-write-delete" }, compaction),
      { permission: "read" },
    ],
  },
  "LOC-10": {
    pass: variable({ protected: true, masked: true }),
    fail: [
      variable({ protected: false, masked: true }),
      variable({ protected: true, masked: false }),
      variable({ protected: true, masked: true, key: "ECLUSE_HOLDOUT_URL" }),
      variable({ protected: true, masked: true, value: "http://127.0.0.1:1/prod/holdout?sig=a" }),
    ],
  },
  "LOC-11": {
    pass: {
      "local-dev": [environment("dev"), port(20_001)],
      "local-prod": [environment("prod"), port(20_002)],
    },
    fail: [
      { "local-dev": [environment("dev")], "local-prod": [environment("dev")] },
      { "local-dev": [port(20_001)], "local-prod": [port(20_001)] },
      {
        "local-dev": [local("BlobContainer", { account: "eclusedev" })],
        "local-prod": [local("BlobContainer", { account: "eclusedev" })],
      },
    ],
    open: { "local-dev": [environment(UNKNOWN)], "local-prod": [environment("prod")] },
  },
};
