import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../local/forge/fixture";
import type { ClusterSettings } from "../settings";
import { only, type Recorded, rolledOut, testSettings } from "./fixture";
import { container, environment, run } from "./fixtureWorkloads";

let made: Recorded[];
beforeAll(async () => {
  made = await run();
});

describe("the model server", () => {
  it("shows scores and its champion, bounded, and neither its reload nor its health", () => {
    const { metadata, spec } = only(made, "Ingress", "serve").inputs;
    expect(metadata.annotations).toMatchObject({
      "nginx.ingress.kubernetes.io/ssl-redirect": "true",
      "nginx.ingress.kubernetes.io/proxy-body-size": "8m",
      "nginx.ingress.kubernetes.io/limit-rps": "20",
      "nginx.ingress.kubernetes.io/limit-connections": "20",
    });
    expect(spec.tls).toEqual([
      { hosts: ["bank-churn.dev.example.com"], secretName: "bank-churn.dev.example.com-tls" },
    ]);
    const [{ host, http }] = spec.rules;
    expect(host).toBe("bank-churn.dev.example.com");
    expect(
      http.paths.map(({ path, pathType }: { path: string; pathType: string }) => `${pathType} ${path}`),
    ).toEqual(["Exact /score", "Exact /labels", "Exact /champion", "Exact /openapi.json", "Exact /docs"]);
  });

  it("has a token for the tracking server only, and its own environment", () => {
    const [, token] = only(made, "Deployment", "serve").inputs.spec.template.spec.volumes;
    expect(token).toEqual({
      name: "token-tracking",
      projected: {
        sources: [
          {
            serviceAccountToken: { audience: "ecluse-dev-tracking", path: "token", expirationSeconds: 3600 },
          },
        ],
      },
    });
    expect(environment(made, "serve")).toMatchObject({
      ECLUSE_PORT: "8080",
      ECLUSE_USE_CASE: "bank-churn",
      ECLUSE_SERVING_CALLERS: '["person:*"]',
      ECLUSE_SIGNING_PUBLIC_KEY: "PEM",
      ECLUSE_INFERENCE_URL: "https://blobs.example.com/inference",
      ECLUSE_SERVING_FOLDER: "/tmp/serving",
      ECLUSE_TRACKING_TOKEN_FILE: "/var/run/ecluse/tracking/token",
      MLFLOW_TRACKING_URI: "http://tracking.dev-platform.svc.cluster.local:5000",
    });
  });

  it("gets requests when the registry was asked, and is not ended while that is away", () => {
    const [{ livenessProbe, readinessProbe, startupProbe }] = only(made, "Deployment", "serve").inputs.spec
      .template.spec.containers;
    expect(readinessProbe.httpGet).toEqual({ path: "/ready", port: 8080 });
    for (const probe of [livenessProbe, startupProbe])
      expect(probe.httpGet).toEqual({ path: "/health", port: 8080 });
  });

  it("takes the controller's pods, and its nodes where it runs in their network", async () => {
    const { cluster } = testSettings();
    const hosted = await run(
      testSettings({ cluster: { ...(cluster as ClusterSettings), ingressRanges: ["192.0.2.30/32"] } }),
    );
    const controller = {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } },
    };
    for (const name of ["serve", "proxy"]) {
      const [opening] = only(hosted, "NetworkPolicy", name).inputs.spec.ingress;
      expect(opening.from.slice(0, 2)).toEqual([controller, { ipBlock: { cidr: "192.0.2.30/32" } }]);
    }
  });

  it("is reached by its Service's address where the controller does not follow pods that end", async () => {
    const annotation = "nginx.ingress.kubernetes.io/service-upstream";
    const { cluster } = testSettings();
    const byService = await run(
      testSettings({ cluster: { ...(cluster as ClusterSettings), ingressByService: true } }),
    );
    expect(only(byService, "Ingress", "serve").inputs.metadata.annotations[annotation]).toBe("true");
    expect(only(made, "Ingress", "serve").inputs.metadata.annotations).not.toHaveProperty([annotation]);
  });

  it("shows its metrics to Prometheus alone, where the cluster has one", async () => {
    const { cluster } = testSettings();
    const read = await run(testSettings({ cluster: { ...(cluster as ClusterSettings), prometheus: true } }));
    expect(environment(read, "serve")).toHaveProperty("ECLUSE_SERVING_METRICS", "true");
    const monitor = only(read, "PodMonitor", "serve").inputs;
    const { metadata, spec } = only(read, "Deployment", "serve").inputs.spec.template;
    expect(metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
    const [{ port }] = monitor.spec.podMetricsEndpoints;
    expect(spec.containers[0].ports).toContainEqual({ name: port, containerPort: 8080, protocol: "TCP" });
    const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } };
    const podSelector = { matchLabels: { "app.kubernetes.io/name": "prometheus" } };
    const openings = (recorded: Recorded[]) =>
      only(recorded, "NetworkPolicy", "serve").inputs.spec.ingress[0].from;
    expect(openings(read)).toContainEqual({ namespaceSelector, podSelector });
    expect(openings(made)).not.toContainEqual({ namespaceSelector, podSelector });
    expect(environment(made, "serve")).not.toHaveProperty("ECLUSE_SERVING_METRICS");
    expect(made.filter(({ type }) => type.endsWith(":PodMonitor"))).toEqual([]);
  });

  it("follows a challenger, with room for it, where the use case has rollouts", async () => {
    const followed = await run(rolledOut(testSettings()));
    expect(environment(followed, "serve")).toHaveProperty("ECLUSE_SERVING_ROLLOUT", "true");
    expect(environment(made, "serve")).not.toHaveProperty("ECLUSE_SERVING_ROLLOUT");
    const memory = (recorded: Recorded[]) =>
      only(recorded, "Deployment", "serve").inputs.spec.template.spec.containers[0].resources.limits.memory;
    expect([memory(followed), memory(made)]).toEqual(["1280Mi", "768Mi"]);
  });

  it("rolls without a gap; a frugal one has one replica and no autoscaler", () => {
    const deployment = only(made, "Deployment", "serve");
    expect(deployment.inputs.spec.strategy).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
    expect(deployment.inputs.spec.replicas).toBe(1);
    expect(deployment.options.ignoreChanges).toBeUndefined();
    expect(made.filter(({ type }) => type.endsWith(":HorizontalPodAutoscaler"))).toEqual([]);
    expect(deployment.inputs.spec.template.spec.topologySpreadConstraints).toBeUndefined();
  });

  it("spreads and scales by the profile", async () => {
    const standard = await run(testSettings({ profile: "standard" }));
    const deployment = only(standard, "Deployment", "serve");
    expect(deployment.inputs.spec.replicas).toBe(2);
    expect(deployment.options.ignoreChanges).toEqual(["spec.replicas"]);
    const spread = deployment.inputs.spec.template.spec.topologySpreadConstraints as {
      topologyKey: string;
      whenUnsatisfiable: string;
    }[];
    expect(spread.map(({ topologyKey, whenUnsatisfiable }) => [topologyKey, whenUnsatisfiable])).toEqual([
      ["kubernetes.io/hostname", "DoNotSchedule"],
      ["topology.kubernetes.io/zone", "ScheduleAnyway"],
    ]);
    for (const each of spread)
      expect(each).toMatchObject({ nodeTaintsPolicy: "Honor", matchLabelKeys: ["pod-template-hash"] });
    expect(only(standard, "HorizontalPodAutoscaler", "serve").inputs.spec).toMatchObject({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "serve" },
      minReplicas: 2,
      maxReplicas: 4,
    });
  });
});

describe("the callers of the model server", () => {
  it("are those that the use case's settings name", async () => {
    const settings = testSettings();
    const callers = ["person:*", "ci:ecluse/bank-churn:dev:train"];
    const named = await run({ ...settings, useCases: settings.useCases.map((one) => ({ ...one, callers })) });
    expect(environment(named, "serve").ECLUSE_SERVING_CALLERS).toBe(JSON.stringify(callers));
  });
});

describe("training", () => {
  it("is a template that never starts by itself", () => {
    const { spec } = only(made, "CronJob", "train").inputs;
    expect(spec.suspend).toBe(true);
    expect(spec.jobTemplate.spec).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 86_400,
      ttlSecondsAfterFinished: 86_400,
    });
  });

  it("trains in a copy of the image's code, into the run of a job", () => {
    const [shell, , script] = container(made, "train").command;
    const folder = temporaryFolder("training-");
    for (const each of ["code", "bin", "work"]) mkdirSync(join(folder, each));
    writeFileSync(join(folder, "code/pyproject.toml"), "");
    writeFileSync(join(folder, "token"), "t");
    writeFileSync(
      join(folder, "bin/python"),
      '#!/bin/sh\necho "$@" "$MLFLOW_TRACKING_TOKEN" $PYTHONPATH $(ls)\n',
      {
        mode: 0o755,
      },
    );
    const env = {
      PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
      ECLUSE_TRACKING_TOKEN_FILE: join(folder, "token"),
    };
    const run = (more: Record<string, string>) =>
      spawnSync(shell, ["-ec", script], {
        cwd: join(folder, "work"),
        env: { ...env, ECLUSE_PLATFORM: "/opt/ecluse", ...more },
        encoding: "utf8",
      });
    const given = { MLFLOW_RUN_ID: "r", ECLUSE_CODE: join(folder, "code") };
    expect(run(given)).toMatchObject({
      stdout:
        "-m ecluse train t pyproject.toml\n-m ecluse_monitor baseline t /opt/ecluse/python pyproject.toml\n",
      status: 0,
    });
    expect(run({ ...given, MLFLOW_RUN_ID: "" }).stderr).toMatch(/MLFLOW_RUN_ID.*ecluse train --in-pod/);
    expect(run({ ...given, ECLUSE_CODE: "" }).stderr).toMatch(/ECLUSE_CODE.*put the image of the commit/);
  });

  it("takes what the use case asks for, a GPU among it", async () => {
    const settings = testSettings();
    const useCases = settings.useCases.map((useCase) => ({
      ...useCase,
      training: { cpu: 0.5, memoryGb: 3, gpu: true },
    }));
    const withGpu = await run({ ...settings, useCases });
    const spec = only(withGpu, "CronJob", "train").inputs.spec.jobTemplate.spec.template.spec;
    expect(spec.containers[0].resources).toEqual({
      requests: { cpu: "0.5", memory: "3Gi", "ephemeral-storage": "256Mi", "nvidia.com/gpu": "1" },
      limits: { memory: "3Gi", "ephemeral-storage": "20736Mi", "nvidia.com/gpu": "1" },
    });
    expect(spec.tolerations).toEqual([{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }]);
    expect(
      only(made, "CronJob", "train").inputs.spec.jobTemplate.spec.template.spec.tolerations,
    ).toBeUndefined();
  });
});
