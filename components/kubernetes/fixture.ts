import { Provider } from "@pulumi/kubernetes/provider";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { type EnvironmentSettings, type Rollout, usualDns } from "../settings";
import { emptyAccess } from "./access";
import { trustOf } from "./authorities";
import type {
  ClusterForge,
  ClusterOptions,
  ClusterStore,
  Egress,
  Foundation,
  Pod,
  PodAccess,
  PodScope,
  SecretStore,
} from "./foundation";

/** A resource as a program registered it: its inputs resolved, and its options. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: an object of the API, whose fields tests name
  readonly inputs: any;
  readonly options: pulumi.CustomResourceOptions;
}

class Root extends pulumi.ComponentResource {
  constructor(seen: Map<string, pulumi.CustomResourceOptions>) {
    const note: pulumi.ResourceTransformation = ({ type, name, opts }) => {
      seen.set(`${type} ${name}`, opts);
      return undefined;
    };
    super("test:index:Root", "root", {}, { transformations: [note] });
  }
}

/** The provider and the parent of what a program makes in a test. */
export type RecordOptions = Required<Pick<ClusterOptions, "provider" | "parent">>;

/** Runs a program against a mocked engine and gives the resources under its parent, components apart. */
export async function record(program: (options: RecordOptions) => void): Promise<Recorded[]> {
  const made: Omit<Recorded, "options">[] = [];
  const seen = new Map<string, pulumi.CustomResourceOptions>();
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs, id }) => {
      made.push({ type, name, inputs });
      return { id: id || `${name}-id`, state: inputs };
    },
    // What a lookup at GitLab finds.
    call: ({ token }) => (token.endsWith(":getProject") ? { id: "4711" } : {}),
  });
  program({ provider: new Provider("cluster", { context: "test" }), parent: new Root(seen) });
  await pulumi.runtime.disconnect();
  return made.flatMap((one) => {
    const options = seen.get(`${one.type} ${one.name}`);
    return options && !/^(ecluse|test):/.test(one.type) ? [{ ...one, options }] : [];
  });
}

/** The only recorded resource of a kind and a name (`metadata.name`, or its beginning before a digest). */
export function only(recorded: readonly Recorded[], kind: string, name: string): Recorded {
  const found = recorded.filter(
    ({ type, inputs }) =>
      type.endsWith(`:${kind}`) && (inputs.metadata.name as string).replace(/-[0-9a-f]{10}$/, "") === name,
  );
  if (found.length !== 1 || !found[0]) throw new Error(`there are ${found.length} of ${kind} ${name}`);
  return found[0];
}

/** A pod template with what holds it. */
export interface Template {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: an object of the API, whose fields tests name
  readonly template: any;
}

/** All pod templates of what was recorded. */
export const templates = (recorded: readonly Recorded[]): Template[] =>
  recorded.flatMap(({ type, inputs }) => {
    const template = inputs.spec?.template ?? inputs.spec?.jobTemplate?.spec.template;
    const kind = type.split(":").at(-1) as string;
    return template?.spec ? [{ kind, template, ...inputs.metadata }] : [];
  });

/** How challengers are rolled out. */
export const testRollout: Rollout = {
  ...{ shadowMinutes: 60, canary: [10, 50], canaryMinutes: 60, limitMinutes: 1440, undecided: "withdraw" },
  ...{ maxErrorRate: 0.01, maxLatencyRatio: 1.5, maxScoreDistance: 0.1, risk: 0.05 },
};

/** Settings of an environment on a cluster whose use cases have rollouts. */
export function rolledOut(settings: EnvironmentSettings): EnvironmentSettings {
  return { ...settings, useCases: settings.useCases.map((each) => ({ ...each, rollout: testRollout })) };
}

/** Settings of an environment on a cluster. */
export const testSettings = (changes: Partial<EnvironmentSettings> = {}): EnvironmentSettings => ({
  kind: "environment",
  stack: "dev",
  target: "azure",
  environment: "dev",
  tier: "development",
  profile: "frugal",
  monitorCron: "15 2 * * *",
  signingKey: 1,
  monitorRetrains: false,
  alerts: {},
  useCases: [
    {
      name: "bank-churn",
      rows: 10_000,
      training: { cpu: 2, memoryGb: 8, gpu: false },
      monitorPartitions: 1,
      callers: ["person:*"],
      contract: { target: "exited", id: "customer_id" },
      gates: {
        metric: "roc_auc" as const,
        floor: 0.8,
        baselineMargin: 0.02,
        nonInferiorityMargin: 0.005,
        maxBrier: 0.15,
        maxSlopeError: 0.25,
        maxInterceptError: 0.25,
        risk: 0.05,
        maxSizeMb: 100,
        maxLatencyMs: 100,
        segments: [],
      },
    },
  ],
  ports: {},
  forge: { url: "https://gitlab.example.com", tier: "free", group: "ecluse", projectIds: {}, tokenDays: 60 },
  governance: { owner: "data team <data@example.com>", costCenter: "42", dataClassification: "internal" },
  cluster: {
    domain: "dev.example.com",
    ingressClass: "nginx",
    ingressNamespace: "ingress-nginx",
    ingressRanges: [],
    ingressByService: false,
    certificateIssuer: "company",
    buildImages: false,
    people: {
      issuer: "https://gitlab.example.com",
      jwksUri: "https://gitlab.example.com/oauth/discovery/keys",
      clientId: "ecluse-dev",
      clientSecret: { secret: "people", key: "client-secret" },
      groups: { scientists: "scientist", auditors: "auditor" },
    },
    runner: true,
    prometheus: false,
    prometheusNamespace: "monitoring",
    egressRanges: ["192.0.2.10/32"],
    egressPorts: [],
    dns: { ...usualDns, ranges: [] },
  },
  ...changes,
});

/** An opening to a range, as NetworkPolicies have it. */
export const toRange = (cidr: string, port: number): Egress => ({
  to: [{ ipBlock: { cidr } }],
  ports: [port],
});

const kept = (variable: string, secret: string): input.core.v1.EnvVar => ({
  name: variable,
  valueFrom: { secretKeyRef: { name: secret, key: variable } },
});

const database = (pod: Pod): PodAccess => ({
  ...emptyAccess,
  env: [
    {
      name: "ECLUSE_TRACKING_DATABASE",
      value: `postgresql+psycopg2://${pod.role}@db.example.com:5432/tracking`,
    },
    { name: "ECLUSE_AUTH_DATABASE", value: `postgresql+psycopg2://${pod.role}@db.example.com:5432/auth` },
    { name: "ECLUSE_DATABASE_LOGIN", value: "entra" },
  ],
  egress: [toRange("10.0.3.0/28", 5432)],
});

const fakeForge: ClusterForge = {
  url: "https://gitlab.example.com",
  group: "ecluse",
  projectIds: pulumi.output<Record<string, string>>({ "ecluse/platform": "1", "ecluse/bank-churn": "7" }),
  runner: ({ role, useCase }) => ({
    id: pulumi.output(`${role} of ${useCase}`),
    token: pulumi.secret("glrt-secret"),
  }),
  issueToken: () => pulumi.secret("glpat-secret"),
  registerProject: () => undefined,
};

const fakeSecrets: SecretStore = {
  values: (_pod, name, values) => ({
    ...emptyAccess,
    env: Object.keys(values).map((key) => kept(key, name)),
  }),
  file: (_pod, folder) => ({
    ...emptyAccess,
    volumes: [{ name: "token", secret: { secretName: "token" } }],
    mounts: [{ name: "token", mountPath: folder, readOnly: true }],
  }),
  existing: (_pod, variable, { secret }) => ({ ...emptyAccess, env: [kept(variable, secret)] }),
  random: (name, bytes) => pulumi.secret(`${name} of ${bytes} bytes`),
};

/** A blob store that notes in `asked` what was asked for. */
const fakeStore = (asked: string[]): ClusterStore => ({
  endpoint: pulumi.output("https://blobs.example.com"),
  artifacts: pulumi.output("wasbs://artifacts@blobs.example.com/"),
  url: (container) => pulumi.output(`https://blobs.example.com/${container}`),
  access: (pod, container, permission) => {
    asked.push(`${pod.namespace}/${pod.role} ${container} ${permission}`);
    return {
      ...emptyAccess,
      env: [kept("AWS_SECRET_ACCESS_KEY", `objects-${pod.role}`)],
      egress: [toRange("10.0.2.0/28", 443)],
    };
  },
});

/** The scope of pods that a cloud trusts by their role. */
export const fakeScope = (options: PodScope["options"], egressRanges: readonly string[] = []): PodScope => ({
  options,
  egressRanges,
  egressPorts: [],
  workloadIdentity: (pod) => ({
    annotations: { "azure.workload.identity/client-id": `id-of-${pod.role}` },
    labels: { "azure.workload.identity/use": "true" },
  }),
});

/** A foundation that keeps nothing and reaches nothing; `asked` notes what of the store was asked for. */
export function fakeFoundation(
  options: PodScope["options"],
  { cluster, forge }: EnvironmentSettings = testSettings(),
  asked: string[] = [],
): Foundation {
  return {
    scope: { ...fakeScope(options, cluster?.egressRanges), ...(cluster && trustOf(cluster, options)) },
    apiServer: [toRange("10.0.4.0/28", 443)],
    issuer: {
      keys: pulumi.output({ issuer: "https://cluster.example.com", jwks_uri: "https://keys" }),
      access: () => ({ ...emptyAccess, egress: [toRange("10.96.0.1/32", 443)] }),
    },
    database: {
      host: pulumi.output("db.example.com"),
      port: pulumi.output(5432),
      access: database,
      administration: { ...emptyAccess, egress: [toRange("10.0.3.0/28", 5432)] },
    },
    store: fakeStore(asked),
    secrets: fakeSecrets,
    images: (name) => `registry.example.com/${name}@sha256:${"0".repeat(64)}`,
    ...(typeof forge === "object" && { forge: fakeForge }),
  };
}
