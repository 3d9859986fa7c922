import { beforeAll, describe, expect, it } from "vitest";
import { fakeFoundation, only, type Recorded, record, templates } from "./fixture";
import { container, environment, everything, run } from "./fixtureWorkloads";

const asked: string[] = [];
let made: Recorded[];
beforeAll(async () => {
  made = await run(undefined, asked);
});

const pods = (namespace: string, name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
});
const range = (cidr: string) => ({ ipBlock: { cidr } });
const tcp = (port: number) => [{ protocol: "TCP", port }];
const ingressController = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } },
};
const entraAndForge = { to: [range("192.0.2.10/32")], ports: tcp(443) };
const databaseRule = { to: [range("10.0.3.0/28")], ports: tcp(5432) };
const blobs = { to: [range("10.0.2.0/28")], ports: tcp(443) };
const issuer = { to: [range("10.96.0.1/32")], ports: tcp(443) };
const trackingRule = { to: [pods("dev-platform", "tracking")], ports: tcp(5000) };

describe("every NetworkPolicy", () => {
  const openings: Record<string, { ingress?: unknown[]; egress: unknown[] }> = {
    "database-admin": { egress: [databaseRule, entraAndForge] },
    prepare: { egress: [databaseRule, entraAndForge] },
    tracking: {
      ingress: [
        {
          from: [
            pods("dev-platform", "proxy"),
            pods("dev-release", "release"),
            pods("dev-bank-churn", "serve"),
            pods("dev-bank-churn", "monitor"),
            pods("dev-bank-churn-ci", "train"),
          ],
          ports: tcp(5000),
        },
      ],
      egress: [databaseRule, blobs, issuer, entraAndForge],
    },
    proxy: {
      ingress: [{ from: [ingressController], ports: tcp(4180) }],
      egress: [trackingRule, entraAndForge],
    },
    serve: {
      ingress: [{ from: [ingressController, pods("dev-release", "release")], ports: tcp(8080) }],
      egress: [trackingRule, blobs, issuer, entraAndForge],
    },
    monitor: { egress: [trackingRule, blobs, entraAndForge] },
    compact: { egress: [blobs, entraAndForge] },
    train: { egress: [trackingRule, blobs, entraAndForge] },
  };

  // The runner's, and the one of its jobs, have tests of their own.
  const policiesOf = (all: readonly Recorded[]) =>
    all.filter(
      ({ type, inputs }) =>
        type.endsWith(":NetworkPolicy") && !["runner", "jobs"].includes(inputs.metadata.name),
    );

  it("opens exactly this", () => {
    const policies = policiesOf(made);
    expect(policies.map(({ inputs }) => inputs.metadata.name).sort()).toEqual(Object.keys(openings).sort());
    for (const { inputs } of policies) {
      const { podSelector, policyTypes, ...rules } = inputs.spec;
      expect(podSelector).toEqual({ matchLabels: { "app.kubernetes.io/name": inputs.metadata.name } });
      expect(policyTypes).toEqual(["Ingress", "Egress"]);
      expect(rules).toEqual(openings[inputs.metadata.name]);
    }
  });

  it("selects a pod that is made", () => {
    const made_ = templates(made).map(
      ({ namespace, template }) => `${namespace} ${template.metadata.labels["app.kubernetes.io/name"]}`,
    );
    for (const { inputs } of policiesOf(made))
      expect(made_).toContain(`${inputs.metadata.namespace} ${inputs.metadata.name}`);
  });

  it("leaves a pod without an identity in the cloud and without need of it inside of the cluster", async () => {
    const inside = await record((options) => {
      const foundation = fakeFoundation(options);
      const scope = { ...foundation.scope, workloadIdentity: () => ({ annotations: {}, labels: {} }) };
      everything({ ...foundation, scope });
    });
    const egress = (name: string) => only(inside, "NetworkPolicy", name).inputs.spec.egress;
    expect(egress("prepare")).toEqual([databaseRule]);
    expect(egress("train")).toEqual([trackingRule, blobs]);
  });
});

describe("the store", () => {
  it("is opened to each pod as little as it needs", () => {
    expect(asked).toEqual([
      "dev-platform/tracking artifacts read-write-delete",
      "dev-bank-churn/compact inference read-write-delete",
      "dev-bank-churn/monitor inference read",
      "dev-bank-churn/monitor reports read-write",
      "dev-bank-churn/serve inference write",
      "dev-bank-churn-ci/train data read",
    ]);
  });
});

describe("the Jobs", () => {
  const jobs = (recorded: Recorded[]) => recorded.filter(({ type }) => type.endsWith(":Job"));

  it("run once, end in time, and go away", () => {
    for (const { inputs } of jobs(made)) {
      const { template, ...rest } = inputs.spec;
      expect(rest).toEqual({ backoffLimit: 3, activeDeadlineSeconds: 1500, ttlSecondsAfterFinished: 86_400 });
      expect(template.spec.restartPolicy).toBe("Never");
    }
    expect(container(made, "database-admin").command).toEqual(["python", "-m", "ecluse_identity.roles"]);
    expect(environment(made, "prepare")).toMatchObject({
      ECLUSE_DATABASE_WRITER: "tracking",
      ECLUSE_GRANTS:
        '{"workspaces":["bank-churn"],"grants":[{"principal":"ci:ecluse/bank-churn:dev:train","workspace":"bank-churn","role":"dev-ci"}]}',
      ECLUSE_TRACKING_DATABASE: "postgresql+psycopg2://prepare@db.example.com:5432/tracking",
    });
  });

  it("are new when their image changes, and the same when nothing does", async () => {
    const named = (recorded: Recorded[]) => only(recorded, "Job", "prepare").inputs.metadata.name as string;
    const later = await record((options) =>
      everything({ ...fakeFoundation(options), images: (name) => `registry.example.com/${name}:2` }),
    );
    expect(named(made)).toMatch(/^prepare-[0-9a-f]{10}$/);
    expect(named(await run())).toBe(named(made));
    expect(named(later)).not.toBe(named(made));
    expect(container(later, "prepare").imagePullPolicy).toBe("Always");
  });

  it("leave the roles to those who made them elsewhere", async () => {
    const elsewhere = await record((options) => {
      const foundation = fakeFoundation(options);
      everything({ ...foundation, database: { ...foundation.database, administration: undefined } });
    });
    expect(jobs(elsewhere).map(({ name }) => name)).toEqual(["dev-tracking-prepare"]);
  });
});

describe("Services and budgets", () => {
  it("are inside of the cluster, and let a node be drained", () => {
    const services = made.filter(({ type }) => type.endsWith(":Service"));
    expect(
      services
        .map(({ inputs }) => `${inputs.metadata.name} ${inputs.spec.type} ${inputs.spec.ports[0].port}`)
        .sort(),
    ).toEqual(["proxy ClusterIP 4180", "serve ClusterIP 8080", "tracking ClusterIP 5000"]);
    const budgets = made.filter(({ type }) => type.endsWith(":PodDisruptionBudget"));
    expect(budgets.map(({ inputs }) => inputs.metadata.name).sort()).toEqual(["proxy", "serve", "tracking"]);
    for (const { inputs } of budgets) expect(inputs.spec.maxUnavailable).toBe(1);
  });
});
