import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";

const object = (type: string, name: string, inputs: Properties, namespace = "prod-a"): Sketch => ({
  type: `kubernetes:${type}`,
  name,
  inputs: { ...inputs, metadata: { name, namespace, ...(inputs.metadata as Properties) } },
});

const pod = (type: string, ...tokens: Properties[]) => {
  const sources = tokens.map((serviceAccountToken) => ({ serviceAccountToken }));
  const template = {
    spec: { serviceAccountName: "serve", volumes: [{ name: "t", projected: { sources } }] },
  };
  const cron = { jobTemplate: { spec: { template } } };
  return object(type, "serve", { spec: type.endsWith("CronJob") ? cron : { template } });
};
const server = (...tokens: Properties[]) => pod("apps/v1:Deployment", ...tokens);
const job = (...tokens: Properties[]) => pod("batch/v1:CronJob", ...tokens);
const token = { audience: "ecluse-prod-tracking", expirationSeconds: 3600 };
const ofApi = { expirationSeconds: 3600 };
const bound: Sketch = {
  type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
  inputs: { subjects: [{ kind: "ServiceAccount", name: "serve", namespace: "prod-a" }] },
};

const labels = (name: string): Properties => ({ "app.kubernetes.io/name": name });
const running = (name: string): Sketch[] => [
  object("apps/v1:Deployment", name, {
    metadata: { labels: labels(name) },
    spec: { template: { metadata: { labels: labels(name) }, spec: { containers: [{ name }] } } },
  }),
  object("core/v1:Service", name, { spec: { selector: labels(name) } }),
];
const shown = (name: string, path: string, pathType: string) =>
  object("networking.k8s.io/v1:Ingress", `${name}-ingress`, {
    spec: { rules: [{ http: { paths: [{ path, pathType, backend: { service: { name } } }] } }] },
  });

const policy = (spec: Properties, namespace: string) =>
  object("networking.k8s.io/v1:NetworkPolicy", "policy", { spec }, namespace);
const egress = (namespace: string, ...ports: Properties[]) =>
  policy({ egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/24" } }], ports }] }, namespace);
const letsIn = (name: string) =>
  policy(
    {
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }],
          ports: [{ port: 5432 }],
        },
      ],
    },
    "prod-data",
  );

const contexts = ["build", "helper", "init_permissions", "service"].map(
  (name) =>
    `${name}_container_security_context = { "privileged" = false, "allow_privilege_escalation" = false, ` +
    '"capabilities" = { "drop" = ["ALL"] } }',
);
const runner = {
  head: 'executor = "kubernetes"',
  tail: [
    "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION = true",
    'namespace = "prod-a-ci"',
    "automount_service_account_token = false",
    'allowed_images = ["r.example.com/ecluse/**"]',
    'allowed_services = ["r.example.com/ecluse/**"]',
    'pull_policy = ["always"]',
    'allowed_pull_policies = ["always"]',
    "privileged = false",
    'memory_limit = "4Gi"',
    'ephemeral_storage_limit = "10Gi"',
    "allow_privilege_escalation = false",
    'pod_security_context = { "run_as_non_root" = true, "seccomp_profile" = { "type" = "RuntimeDefault" } }',
    ...contexts,
  ].join("\n"),
};
const runnerWith = (key: string, value: string) => ({
  data: {
    "head.toml": runner.head,
    "tail.toml": runner.tail.replace(new RegExp(`^${key} = .*$`, "m"), `${key} = ${value}`),
  },
});

const options = [
  "--oidc-issuer-url=https://gitlab.example.com",
  "--redirect-url=https://tracking.example.com/oauth2/callback",
  "--client-id=ecluse-prod",
  "--code-challenge-method=S256",
  "--insecure-oidc-skip-nonce=false",
  "--cookie-name=__Host-ecluse",
  "--cookie-secure=true",
  "--cookie-httponly=true",
  "--cookie-samesite=lax",
  "--cookie-expire=8h",
  "--cookie-refresh=1m",
  "--upstream=http://tracking.prod-platform.svc.cluster.local:5000",
];
/** A login proxy with one of its options as given. */
const login = (option?: string) => {
  const [name = ""] = option?.split("=") ?? [];
  const args = [
    ...options.filter((each) => !name || !each.startsWith(`${name}=`)),
    ...(option ? [option] : []),
  ];
  return object("apps/v1:Deployment", "proxy", {
    metadata: { labels: labels("proxy") },
    spec: { template: { spec: { containers: [{ name: "proxy", args }] } } },
  });
};

/** Cases of the rules on tokens of pods, and on the doors of a cluster's servers. */
export const doorCases: Cases = {
  "K8S-30": {
    pass: [bound, server(token, ofApi), job({ ...token, expirationSeconds: 86_400 })],
    fail: [
      [server({ ...token, expirationSeconds: 86_400 })],
      [server({ audience: "ecluse-prod-tracking" })],
      [job({ ...token, expirationSeconds: 31_536_000 })],
      [server({ ...token, audience: "ecluse-dev-tracking" })],
      [server(ofApi)],
      [bound, server(ofApi, ofApi)],
    ],
    open: [server({ ...token, audience: UNKNOWN })],
    notApplicable: [server()],
  },
  "K8S-31": {
    pass: [
      ...running("proxy"),
      ...running("serve"),
      shown("proxy", "/", "Prefix"),
      shown("serve", "/score", "Exact"),
    ],
    fail: [
      [...running("tracking"), shown("tracking", "/", "Prefix")],
      [...running("serve"), shown("serve", "/", "Prefix")],
      [...running("serve"), shown("serve", "/score", "Prefix")],
      [...running("serve"), shown("serve", "/metrics", "Exact")],
      [shown("proxy", "/", "Prefix")],
    ],
    open: [...running("proxy"), shown(UNKNOWN, "/", "Prefix")],
    notApplicable: running("proxy"),
  },
  "K8S-32": {
    pass: [
      egress("prod-platform", { port: 5432 }),
      egress("prod-a-ci", { port: 443 }),
      letsIn("prod-platform"),
      letsIn("cnpg-system"),
    ],
    fail: [
      [egress("prod-a-ci", { port: 5432 })],
      [egress("prod-a", { port: 5000, endPort: 6000 })],
      [egress("prod-a")],
      [letsIn("prod-a-ci")],
    ],
    open: [policy({ egress: UNKNOWN }, "prod-a")],
  },
  "K8S-33": {
    pass: { data: { "head.toml": runner.head, "tail.toml": runner.tail } },
    fail: [
      runnerWith("privileged", "true"),
      runnerWith("allow_privilege_escalation", "true"),
      runnerWith("allowed_images", '["*"]'),
      runnerWith("automount_service_account_token", "true"),
      runnerWith("helper_container_security_context", '{ "privileged" = true }'),
      runnerWith("pull_policy", '["if-not-present"]'),
      { data: { "head.toml": runner.head, "tail.toml": `${runner.tail}\nhost_network = true` } },
    ],
    open: { data: { "head.toml": UNKNOWN } },
  },
  "K8S-34": {
    pass: login(),
    fail: [
      login("--cookie-secure=false"),
      login("--cookie-expire=720h"),
      login("--insecure-oidc-skip-nonce=true"),
      login("--code-challenge-method=plain"),
      login("--oidc-issuer-url=http://gitlab.example.com"),
      login("--upstream=http://tracking.dev-platform.svc.cluster.local:5000"),
      login("--skip-auth-route=^/api"),
      login("--https-address=0.0.0.0:4180"),
    ],
    open: "never",
  },
};
