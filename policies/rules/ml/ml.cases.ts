import { type Properties, secret, UNKNOWN, type Value } from "../../../protocol/properties";
import { type Cases, inDays, type Sketch, urnOf } from "../../cases";

/** What a pod starts: its words, variables, and variables by reference. */
interface Start {
  readonly words?: readonly Value[];
  readonly env?: Properties;
  readonly secrets?: readonly string[];
  readonly image?: Value;
}

const podSpec = (
  role: string,
  { words, env = {}, secrets = [], image = "mlflow:3.17.2" }: Start,
): Properties => ({
  serviceAccountName: role,
  containers: [
    {
      image,
      ...(words && { command: [...words] }),
      env: [
        ...Object.entries(env).map(([name, value]) => ({ name, value })),
        ...secrets.map((name) => ({ name, valueFrom: { secretKeyRef: { name: "stored", key: name } } })),
      ],
    },
  ],
});

const labelled = (role: string) => ({ "app.kubernetes.io/name": role });
const metadata = (role: string) => ({ name: role, namespace: "prod-a", labels: labelled(role) });

const deployment = (
  role: string,
  start: Start,
  spec: Properties = {},
  more: Partial<Sketch> = {},
): Sketch => ({
  type: "kubernetes:apps/v1:Deployment",
  name: role,
  inputs: {
    metadata: metadata(role),
    spec: { ...spec, template: { metadata: { labels: labelled(role) }, spec: podSpec(role, start) } },
  },
  ...more,
});
const cronJob = (
  role: string,
  start: Start,
  spec: Properties = {},
  annotations: Properties = {},
): Sketch => ({
  type: "kubernetes:batch/v1:CronJob",
  name: role,
  inputs: {
    metadata: { ...metadata(role), annotations },
    spec: { ...spec, jobTemplate: { spec: { template: { spec: podSpec(role, start) } } } },
  },
});
const local = (name: string, module: string, env: Properties, secretEnv: Value = {}): Sketch => ({
  type: "ecluse-local:index:Service",
  name,
  inputs: { command: ["python", "-m", module], env, secretEnv: secret(secretEnv) },
});
const beside = (type: string, name: string, inputs: Properties): Sketch => ({
  type: `kubernetes:${type}`,
  name,
  inputs: { ...inputs, metadata: { name, namespace: "prod-a", ...(inputs.metadata as Properties) } },
});
const namespace = (labels: Properties = { "ecluse.local/data-classification": "confidential" }): Sketch => ({
  type: "kubernetes:core/v1:Namespace",
  name: "prod-a",
  inputs: { metadata: { name: "prod-a", labels } },
});
const accountable = (annotations: Properties): Sketch => ({
  type: "kubernetes:core/v1:Namespace",
  name: "prod-a",
  inputs: { metadata: { name: "prod-a", annotations } },
});
const stated: Properties = {
  "ecluse.local/purpose": "Offers a talk",
  "ecluse.local/risk-class": "limited",
  "ecluse.local/materiality": "medium",
  "ecluse.local/owner": "owner@example.com",
  "ecluse.local/team": "retention",
  "ecluse.local/review-by": inDays(100),
};
const service = (role: string, type: string) =>
  beside("core/v1:Service", role, { spec: { type, selector: labelled(role) } });
const policy = (name: string, spec: Properties) =>
  beside("networking.k8s.io/v1:NetworkPolicy", name, { spec });

const serve = ["python", "-m", "ecluse_identity.serve"];
const tracked: Properties = {
  ECLUSE_IDENTITY: "{}",
  ECLUSE_ALLOWED_HOSTS: "tracking.prod-a.svc.cluster.local:5000",
  ECLUSE_TRACKING_DATABASE: "postgresql+psycopg2://tracking@database:5432/tracking",
  ECLUSE_AUTH_DATABASE: "postgresql+psycopg2://tracking@database:5432/auth",
  ECLUSE_ARTIFACTS: "s3://prod-artifacts/",
};
const keys = ["ECLUSE_SESSION_KEY", "PGPASSWORD"];
const tracking = (more: Start = {}, further: Partial<Sketch> = {}) =>
  deployment("tracking", { words: serve, env: tracked, secrets: keys, ...more }, {}, further);
const trackingWith = (env: Properties) => tracking({ env: { ...tracked, ...env } });
const { ECLUSE_IDENTITY: _trust, ...untrusting } = tracked;
const mlflow = (...options: string[]) => tracking({ words: ["mlflow", "server", ...options] });
const mlflowWith = (env: Properties) =>
  tracking({ words: ["mlflow", "server"], env: { ...tracked, ...env } });
const proxy = (...options: string[]) =>
  deployment("proxy", { words: ["oauth2-proxy", ...options], secrets: ["OAUTH2_PROXY_COOKIE_SECRET"] });
const asleep = (suspend: Value): Sketch => ({
  type: "kubernetes:batch/v1:CronJob",
  inputs: { metadata: metadata("train"), spec: { suspend } },
});
const other = deployment("other", { words: ["sleep", "1"] });

const denied = policy("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
const toTracking = (ingress: Properties, egress: Properties) =>
  policy("tracking", {
    podSelector: { matchLabels: labelled("tracking") },
    policyTypes: ["Ingress", "Egress"],
    ingress: [ingress],
    egress: [egress],
  });
const ofNamespace = (name: string): Properties => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
const client: Properties = {
  from: [{ namespaceSelector: ofNamespace("prod-a"), podSelector: { matchLabels: labelled("serve") } }],
  ports: [{ port: 5000 }],
};
const database: Properties = { to: [{ ipBlock: { cidr: "192.0.2.0/28" } }], ports: [{ port: 5432 }] };
const everywhere: Properties = { from: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: 5000 }] };
const everyPod: Properties = {
  from: [{ namespaceSelector: ofNamespace("prod-a"), podSelector: {} }],
  ports: [{ port: 5000 }],
};
const neighbour: Properties = {
  from: [{ namespaceSelector: ofNamespace("dev-a"), podSelector: { matchLabels: labelled("serve") } }],
  ports: [{ port: 5000 }],
};

const storeUrn = urnOf("azure-native:storage:StorageAccount", "store");
const ofStore = { propertyDependencies: { spec: [storeUrn] } };
const store: Sketch = {
  type: "azure-native:storage:StorageAccount",
  name: "store",
  inputs: { accountName: "st" },
};
const inStore = (type: string, inputs: Properties): Sketch => ({
  type: `azure-native:storage:${type}`,
  inputs: { accountName: "st", ...inputs },
});
const kept = { enabled: true, days: 30 };
const blobs = (isVersioningEnabled: Value) =>
  inStore("BlobServiceProperties", {
    isVersioningEnabled,
    deleteRetentionPolicy: kept,
    containerDeleteRetentionPolicy: kept,
  });
const artifacts = inStore("BlobContainer", {
  containerName: "artifacts",
  immutableStorageWithVersioning: { enabled: true },
});
const immutable = inStore("BlobContainerImmutabilityPolicy", {
  containerName: "artifacts",
  immutabilityPeriodSinceCreationInDays: 365,
});

const serving: Properties = {
  ECLUSE_IDENTITY: "{}",
  ECLUSE_USE_CASE: "churn",
  MLFLOW_WORKSPACE: "churn",
  ECLUSE_SIGNING_PUBLIC_KEY: UNKNOWN,
  ECLUSE_SERVING_CALLERS: '["person:*"]',
  ECLUSE_INFERENCE_URL: "https://st.example.com/inference",
};
const rolling: Properties = { strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0 } } };
const model = (env: Properties = {}, spec: Properties = rolling, more: Partial<Sketch> = {}) =>
  deployment("serve", { words: ["python", "-m", "ecluse_serving"], env: { ...serving, ...env } }, spec, more);
const { ECLUSE_SIGNING_PUBLIC_KEY: _key, ...unsigned } = serving;
const { ECLUSE_SERVING_CALLERS: _callers, ...uncalled } = serving;
const mlflowModel = (env: Properties) => deployment("serve", { words: ["mlflow", "models", "serve"], env });

const grants = (principal: string, role: string): Sketch => ({
  type: "kubernetes:batch/v1:Job",
  name: "prepare",
  inputs: {
    metadata: metadata("prepare"),
    spec: {
      template: {
        spec: podSpec("prepare", {
          words: ["python", "-m", "ecluse_identity.prepare"],
          env: {
            ECLUSE_ENVIRONMENT: "prod",
            ECLUSE_GRANTS: JSON.stringify({
              workspaces: ["churn"],
              grants: [{ principal, workspace: "churn", role }],
            }),
          },
        }),
      },
    },
  },
});
const ungranted: Sketch = {
  type: "ecluse-local:index:Task",
  inputs: {
    command: ["python", "-m", "ecluse_identity.prepare"],
    env: { ECLUSE_GRANTS: "{", ECLUSE_ENVIRONMENT: "prod" },
  },
};

const lifecycle = (days: Value, prefix = "inference/") =>
  inStore("ManagementPolicy", {
    policy: {
      rules: [
        {
          enabled: true,
          definition: {
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: days } } },
            filters: { prefixMatch: [prefix] },
          },
        },
      ],
    },
  });
const logging = model({}, rolling, ofStore);

const ingress = (annotations: Properties) =>
  beside("networking.k8s.io/v1:Ingress", "serve", {
    metadata: { annotations },
    spec: { rules: [{ http: { paths: [{ backend: { service: { name: "serve" } } }] } }] },
  });
const bounds = {
  "nginx.ingress.kubernetes.io/limit-rps": "20",
  "nginx.ingress.kubernetes.io/proxy-body-size": "8m",
};

const monitorStart: Start = {
  words: ["python", "-m", "ecluse_monitor", "check"],
  env: { ECLUSE_USE_CASE: "churn" },
};
const monitor = (spec: Properties, start: Start = monitorStart) => cronJob("monitor", start, spec);
const compaction = (days: Value | undefined) =>
  cronJob("compact", {
    words: ["python", "-m", "ecluse_monitor", "compact"],
    env: { ...(days !== undefined && { ECLUSE_LOG_DAYS: days }) },
  });
const reporting = (url: Value | undefined) =>
  cronJob("monitor", {
    ...monitorStart,
    env: { ...monitorStart.env, ...(url && { ECLUSE_FORGE_URL: url }) },
  });
const alert = beside("monitoring.coreos.com/v1:PrometheusRule", "ecluse", {
  spec: { groups: [{ rules: [{ expr: 'time() - x{cronjob="monitor"} > 1' }] }] },
});
const schedules = (jobs: Value) =>
  local(
    "scheduler",
    "ecluse_local.scheduler",
    {},
    { ECLUSE_SCHEDULES: jobs === UNKNOWN ? UNKNOWN : JSON.stringify({ jobs }) },
  );
const localModel = local("serving", "ecluse_serving", serving);

const trainStart: Properties = {
  ECLUSE_USE_CASE: "churn",
  ECLUSE_DATA_URL: UNKNOWN,
  MLFLOW_TRACKING_URI: "http://tracking.prod-a.svc.cluster.local:5000",
};
const train = (env: Properties = {}) =>
  cronJob("train", {
    words: ["/bin/sh", "-c", "exec python -m ecluse train"],
    env: { ...trainStart, ...env },
  });
const { ECLUSE_DATA_URL: _url, ...dataless } = trainStart;
const identityUrn = urnOf("azure-native:managedidentity:UserAssignedIdentity", "train");
const trainIdentity: readonly Sketch[] = [
  { type: "azure-native:managedidentity:UserAssignedIdentity", name: "train", inputs: {} },
  {
    type: "azure-native:managedidentity:FederatedIdentityCredential",
    inputs: { subject: "system:serviceaccount:prod-a:train" },
    propertyDependencies: { resourceName: [identityUrn] },
  },
  { type: "azure-native:storage:BlobContainer", name: "data", inputs: {} },
];
const assigned = (roleDefinitionId: string, from: readonly string[] = []): Sketch => ({
  type: "azure-native:authorization:RoleAssignment",
  inputs: { roleDefinitionId },
  propertyDependencies: {
    principalId: [identityUrn],
    scope: [urnOf("azure-native:storage:BlobContainer", "data")],
    roleDefinitionId: [...from],
  },
});
const definitions = "/providers/Microsoft.Authorization/roleDefinitions";
const readerRole = `${definitions}/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1`;
const contributorRole = `${definitions}/ba92f5b4-2d11-453d-a403-e96b0029c9fe`;
const ownRole = urnOf("azure-native:authorization:RoleDefinition", "editor");
const definition: Sketch = { type: "azure-native:authorization:RoleDefinition", name: "editor", inputs: {} };

const notebook = (...options: Value[]) => deployment("jupyter", { words: ["jupyter", "lab", ...options] });
const culling = "--MappingKernelManager.cull_idle_timeout=3600";

/** What each rule on the platform's own servers and jobs passes, and what it refuses. */
export const mlCases: Cases = {
  "ML-01": {
    pass: [
      tracking(),
      service("tracking", "ClusterIP"),
      mlflow("--app-name", "basic-auth"),
      local("tracking", "ecluse_identity.serve", {
        ...tracked,
        ECLUSE_HOST: "127.0.0.1",
        ECLUSE_IDENTITY: UNKNOWN,
      }),
    ],
    fail: [
      [mlflow("--host", "0.0.0.0")],
      [tracking({ env: untrusting })],
      [tracking(), service("tracking", "LoadBalancer")],
      [local("tracking", "ecluse_identity.serve", { ...tracked, ECLUSE_HOST: "0.0.0.0" })],
    ],
    open: [tracking({ words: [UNKNOWN] })],
    notApplicable: [other],
  },
  "ML-02": {
    pass: tracking(),
    fail: [
      mlflow("--app-name", "basic-auth"),
      mlflow("--allowed-hosts", "*"),
      trackingWith({ ECLUSE_ALLOWED_HOSTS: "*.example.com" }),
      mlflowWith({ MLFLOW_SERVER_ALLOWED_HOSTS: "*.example.com" }),
      mlflowWith({ MLFLOW_SERVER_ALLOWED_HOSTS: "a", MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: "*" }),
      trackingWith({ MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE: "true" }),
      tracking({ words: ["mlflow", "server", "--allowed-hosts", "a", "--gunicorn-opts", "-w 2"] }),
    ],
    open: trackingWith({ ECLUSE_ALLOWED_HOSTS: UNKNOWN }),
    notApplicable: [other, proxy("--cookie-secure=true")],
  },
  "ML-03": {
    pass: tracking(),
    fail: [mlflow("--app-name", "basic-auth")],
    notApplicable: [other],
  },
  "ML-04": {
    pass: tracking(),
    fail: [
      tracking({ secrets: [] }),
      trackingWith({ PGPASSWORD: "written" }),
      trackingWith({ MLFLOW_AUTH_ADMIN_PASSWORD: "written" }),
      proxy("--oidc-issuer-url=https://a"),
      proxy("--cookie-secure=true", "--ssl-insecure-skip-verify=true"),
      proxy("--cookie-secure=true", "--cookie-secure=false"),
      deployment("proxy", {
        words: ["oauth2-proxy", "--cookie-secure=true"],
        secrets: ["OAUTH2_PROXY_COOKIE_SECRET"],
        env: { OAUTH2_PROXY_SSL_INSECURE_SKIP_VERIFY: "true" },
      }),
      deployment("proxy", { words: ["oauth2-proxy", "--cookie-secure=true"] }),
    ],
    notApplicable: [other],
  },
  "ML-05": {
    pass: tracking({ image: UNKNOWN }),
    fail: [
      tracking({ words: ["mlflow", "server"], image: "ghcr.io/mlflow/mlflow:v3.9.0" }),
      tracking({ words: ["mlflow", "server"], image: "ghcr.io/mlflow/mlflow" }),
    ],
    open: tracking({ words: ["mlflow", "server"], image: UNKNOWN }),
    notApplicable: [other],
  },
  "ML-06": {
    pass: tracking(
      { env: { ...tracked, ECLUSE_TRACKING_DATABASE: UNKNOWN, ECLUSE_DATABASE_LOGIN: "entra" }, secrets: [] },
      { propertyDependencies: { spec: [urnOf("azure-native:dbforpostgresql:Server", "database")] } },
    ),
    fail: [
      trackingWith({ ECLUSE_TRACKING_DATABASE: "sqlite:////tmp/mlflow.db" }),
      trackingWith({ ECLUSE_TRACKING_DATABASE: "postgresql://tracking:written@database/tracking" }),
      trackingWith({ ECLUSE_AUTH_DATABASE: "sqlite:////tmp/auth.db" }),
      trackingWith({ MLFLOW_ALLOW_FILE_STORE: "True" }),
      tracking({ secrets: [] }),
      mlflow("--backend-store-uri", "postgresql://tracking@database/tracking"),
    ],
    open: trackingWith({ ECLUSE_TRACKING_DATABASE: UNKNOWN }),
    notApplicable: [other],
  },
  "ML-07": {
    pass: tracking(),
    fail: [
      trackingWith({ ECLUSE_ARTIFACTS: "file:///tmp/artifacts" }),
      trackingWith({ MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES: "http" }),
      trackingWith({ MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS: "true" }),
      tracking({ words: ["mlflow", "server", "--no-serve-artifacts"] }),
    ],
    open: trackingWith({ ECLUSE_ARTIFACTS: UNKNOWN }),
    notApplicable: [other],
  },
  "ML-08": {
    pass: [namespace(), tracking(), denied, toTracking(client, database)],
    fail: [
      [namespace(), tracking()],
      [namespace(), tracking(), denied, toTracking(everywhere, database)],
      [namespace(), tracking(), denied, toTracking(neighbour, database)],
      [namespace(), tracking(), denied, toTracking(everyPod, database)],
      [namespace(), tracking(), denied, toTracking(client, { ...database, ports: [{ port: 22 }] })],
      [namespace(), tracking(), denied, toTracking(client, { to: database.to ?? [] })],
    ],
    open: [namespace(), tracking(), denied, toTracking(client, { ...database, ports: [{ port: UNKNOWN }] })],
    notApplicable: [denied, local("tracking", "ecluse_identity.serve", tracked)],
  },
  "ML-09": {
    pass: [tracking({}, ofStore), store, blobs(true), artifacts, immutable],
    fail: [
      [tracking({}, ofStore), store, blobs(false), artifacts, immutable],
      [tracking({}, ofStore), store, blobs(true), artifacts],
    ],
    open: [tracking()],
    notApplicable: [store, blobs(true)],
  },
  "ML-10": {
    pass: [
      model(),
      grants("ci:ecluse/platform:prod:release", "release"),
      grants("workload:churn:prod:serve", "serve"),
    ],
    fail: [
      [deployment("serve", { words: ["python", "-m", "ecluse_serving"], env: unsigned })],
      [model({ ECLUSE_USE_CASE: "" })],
      [model({ ECLUSE_SIGNING_KEY: UNKNOWN })],
      [grants("ci:ecluse/churn:prod:train", "release")],
      [grants("ci:ecluse/churn:prod:train", "dev-ci")],
      [grants("ci:ecluse/platform:dev:release", "release")],
      [grants("workload:churn:prod:serve", "admin")],
      [ungranted],
    ],
    open: [model({ ECLUSE_USE_CASE: UNKNOWN })],
    notApplicable: [other],
  },
  "ML-11": {
    pass: model(),
    fail: [
      mlflowModel({}),
      mlflowModel({ MLFLOW_ALLOW_PICKLE_DESERIALIZATION: "true" }),
      model({ MLFLOW_ALLOW_MODEL_CODE_EXECUTION: "1" }),
      deployment("serve", { words: ["python", "-m", "ecluse_serving"], env: unsigned }),
    ],
    notApplicable: [other],
  },
  "ML-12": {
    pass: [
      model(),
      monitor({ schedule: "15 2 * * *", suspend: false }),
      localModel,
      schedules([{ name: "churn", cron: "0 * * * *" }]),
    ],
    fail: [
      [model()],
      [model(), monitor({ schedule: "15 2 * * *", suspend: true })],
      [model(), monitor({ schedule: "0 0 * * 1" })],
      [model(), monitor({ schedule: "15 2 * * *" }, { ...monitorStart, words: ["true"] })],
      [model(), monitor({ schedule: "@reboot" })],
      [model(), monitor({ schedule: "15 2 * * *" }, { ...monitorStart, env: { ECLUSE_USE_CASE: "other" } })],
      [localModel, schedules([])],
    ],
    open: [localModel, schedules(UNKNOWN)],
    notApplicable: [monitor({ schedule: "15 2 * * *" })],
  },
  "ML-13": {
    pass: [reporting("https://gitlab.example.com"), alert],
    fail: [[reporting(undefined)], [reporting("")]],
    open: [reporting(UNKNOWN)],
    notApplicable: [alert],
  },
  "ML-14": {
    pass: [logging, store, lifecycle(365), compaction("365")],
    fail: [
      [logging, store, lifecycle(365), compaction("30")],
      [logging, store, lifecycle(365), compaction(undefined)],
      [logging, store, lifecycle(30)],
      [logging, store, lifecycle(30, "inf")],
      [logging, store],
      [deployment("serve", { words: ["mlflow", "models", "serve"] }, {}, ofStore), store, lifecycle(365)],
    ],
    open: [model(), compaction(UNKNOWN)],
    notApplicable: [store, lifecycle(30)],
  },
  "ML-15": {
    pass: [model(), service("serve", "ClusterIP"), ingress(bounds)],
    fail: [
      [deployment("serve", { words: ["python", "-m", "ecluse_serving"], env: uncalled })],
      [model({ ECLUSE_SERVING_CALLERS: '["*"]' })],
      [model({ ECLUSE_SERVING_BACKDATERS: '["person:ana"]' })],
      [model(), service("serve", "ClusterIP"), ingress({})],
      [
        model(),
        service("serve", "ClusterIP"),
        ingress({ ...bounds, "nginx.ingress.kubernetes.io/proxy-body-size": "0" }),
      ],
      [mlflowModel({})],
    ],
    open: [model({ ECLUSE_SERVING_CALLERS: UNKNOWN })],
    notApplicable: [ingress({})],
  },
  "ML-16": {
    pass: [model()],
    fail: [
      [model({}, { strategy: { type: "Recreate" } })],
      [model({}, {})],
      [model({}, { ...rolling, revisionHistoryLimit: 0 })],
      [deployment("serve", { words: ["mlflow", "models", "serve"] }, rolling)],
    ],
    open: [model({}, { strategy: UNKNOWN })],
    notApplicable: [localModel],
  },
  "ML-17": {
    pass: [namespace(), train(), ...trainIdentity, assigned(readerRole)],
    fail: [
      [namespace(), train({ MLFLOW_TRACKING_URI: "https://tracking.prod.example.com" })],
      [namespace(), train({ MLFLOW_TRACKING_URI: "http://tracking.dev-a.svc.cluster.local:5000" })],
      [namespace(), train({ ECLUSE_HOLDOUT_URL: UNKNOWN }), ...trainIdentity, assigned(readerRole)],
      [namespace(), train(), ...trainIdentity, assigned(contributorRole)],
      [namespace(), train(), ...trainIdentity, definition, assigned(UNKNOWN, [ownRole])],
    ],
    open: [namespace(), train(), ...trainIdentity, assigned(UNKNOWN)],
    notApplicable: [...trainIdentity, assigned(contributorRole)],
  },
  "ML-18": {
    pass: [namespace(), train()],
    fail: [
      [namespace({}), train()],
      [train()],
      [namespace(), cronJob("train", { words: ["python", "-m", "ecluse", "train"], env: dataless })],
    ],
    open: [namespace({ "ecluse.local/data-classification": UNKNOWN }), train()],
    notApplicable: [namespace()],
  },
  "ML-19": {
    pass: [accountable(stated), model()],
    fail: [
      [accountable({}), model()],
      [accountable({ ...stated, "ecluse.local/purpose": "" }), model()],
      [accountable({ ...stated, "ecluse.local/owner": null }), model()],
      [accountable({ ...stated, "ecluse.local/materiality": null }), model()],
      [accountable({ ...stated, "ecluse.local/review-by": inDays(-1) }), model()],
      [model()],
    ],
    open: [accountable({ ...stated, "ecluse.local/owner": UNKNOWN }), model()],
    notApplicable: [accountable({}), localModel],
  },
  "ML-20": {
    pass: [notebook(culling)],
    fail: [
      [notebook()],
      [notebook("--MappingKernelManager.cull_idle_timeout=0")],
      [
        notebook(culling),
        service("jupyter", "ClusterIP"),
        beside("networking.k8s.io/v1:Ingress", "jupyter", {
          spec: { rules: [{ http: { paths: [{ backend: { service: { name: "jupyter" } } }] } }] },
        }),
      ],
    ],
    open: [notebook(UNKNOWN)],
    notApplicable: [other],
  },
  "ML-21": {
    pass: tracking(),
    fail: [mlflow("--app-name", "basic-auth"), mlflowWith({ MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "true" })],
    open: mlflowWith({ MLFLOW_SERVER_ENABLE_JOB_EXECUTION: UNKNOWN }),
    notApplicable: [other],
  },
  "ML-22": {
    pass: asleep(true),
    fail: [asleep(false), asleep(null)],
    notApplicable: [
      { type: "kubernetes:batch/v1:CronJob", inputs: { metadata: metadata("monitor"), spec: {} } },
    ],
    open: asleep(UNKNOWN),
  },
};
