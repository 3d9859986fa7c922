import { Provider } from "@pulumi/kubernetes/provider";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentSettings } from "../settings";
import type { ClusterForge, Egress, Foundation, Pod, PodAccess } from "./foundation";

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

/** Runs a program against a mocked engine and gives the resources under its parent. */
export async function record(program: (options: Foundation["options"]) => void): Promise<Recorded[]> {
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
    return options && one.name !== "root" ? [{ ...one, options }] : [];
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

/** Settings of an environment on a cluster. */
export const testSettings = (changes: Partial<EnvironmentSettings> = {}): EnvironmentSettings => ({
  kind: "environment",
  stack: "dev",
  target: "azure",
  environment: "dev",
  tier: "development",
  profile: "frugal",
  monitorCron: "15 2 * * *",
  useCases: [
    {
      name: "bank-churn",
      rows: 10_000,
      gpu: false,
      gates: { floor: 0.8, baselineMargin: 0.02, nonInferiorityMargin: 0.005, maxBrier: 0.15 },
    },
  ],
  ports: {},
  forge: { url: "https://gitlab.example.com", tier: "free", group: "ecluse", projectIds: {}, tokenDays: 60 },
  governance: { owner: "data team <data@example.com>", costCenter: "42", dataClassification: "internal" },
  cluster: {
    domain: "dev.example.com",
    ingressClass: "nginx",
    ingressNamespace: "ingress-nginx",
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
    egressRanges: ["192.0.2.10/32"],
  },
  ...changes,
});

const nothing: PodAccess = { env: [], volumes: [], mounts: [], egress: [], dependsOn: [] };

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
  ...nothing,
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
  projectIds: pulumi.output<Record<string, string>>({ "ecluse/platform": "1", "ecluse/bank-churn": "7" }),
  runner: ({ role, useCase }) => ({
    id: pulumi.output(`${role} of ${useCase}`),
    token: pulumi.secret("glrt-secret"),
  }),
  issueToken: () => pulumi.secret("glpat-secret"),
  tell: () => undefined,
};

/** A foundation that keeps nothing and reaches nothing; `access` notes what of the store was asked for. */
export function fakeFoundation(
  options: Foundation["options"],
  settings: EnvironmentSettings = testSettings(),
  access: string[] = [],
): Foundation {
  if (!settings.cluster) throw new Error("the settings of a test need a cluster");
  return {
    settings,
    cluster: settings.cluster,
    options,
    apiServer: [toRange("10.0.4.0/28", 443)],
    workloadIssuer: pulumi.output({ issuer: "https://cluster.example.com", jwks_uri: "https://keys" }),
    issuerKeys: () => ({ ...nothing, egress: [toRange("10.96.0.1/32", 443)] }),
    database: {
      host: pulumi.output("db.example.com"),
      port: pulumi.output(5432),
      access: database,
      administration: { ...nothing, egress: [toRange("10.0.3.0/28", 5432)] },
    },
    store: {
      endpoint: pulumi.output("https://blobs.example.com"),
      artifacts: pulumi.output("wasbs://artifacts@blobs.example.com/"),
      url: (container) => pulumi.output(`https://blobs.example.com/${container}`),
      access: (pod, container, permissions) => {
        access.push(`${pod.namespace}/${pod.role} ${container} ${permissions}`);
        return {
          ...nothing,
          env: [kept("AWS_SECRET_ACCESS_KEY", `objects-${pod.role}`)],
          egress: [toRange("10.0.2.0/28", 443)],
        };
      },
    },
    marks: (pod) => ({
      annotations: { "azure.workload.identity/client-id": `id-of-${pod.role}` },
      labels: { "azure.workload.identity/use": "true" },
    }),
    secrets: (_pod, name, values) => ({
      ...nothing,
      env: Object.keys(values).map((key) => kept(key, name)),
    }),
    tokenFile: (_pod, folder) => ({
      ...nothing,
      volumes: [{ name: "token", secret: { secretName: "token" } }],
      mounts: [{ name: "token", mountPath: folder, readOnly: true }],
    }),
    ...(typeof settings.forge === "object" && { forge: fakeForge }),
    random: (name, bytes) => pulumi.secret(`${name} of ${bytes} bytes`),
    keptSecret: (_pod, variable, { secret }) => ({ ...nothing, env: [kept(variable, secret)] }),
    image: (name) => `registry.example.com/${name}@sha256:${"0".repeat(64)}`,
  };
}
