import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { only, type Recorded, record, templates } from "./fixture";
import { awaited, container, environment, everything } from "./fixtureWorkloads";
import { podScope } from "./foundation";
import { onPremise, onPremiseSettings } from "./onpremise";
import { onPremiseTestSettings } from "./onpremiseFixture";
import { podsOf } from "./pods";
import { digestOf, serverTls, serverTrust } from "./transport";

const settings = onPremiseTestSettings();

let made: Recorded[];
beforeAll(async () => {
  made = await record(({ parent }) => everything(onPremise(onPremiseSettings(settings), parent), settings));
});

const servers = [
  { role: "tracking", namespace: "dev-platform", port: 5000, resource: "dev-authority-tracking" },
  { role: "proxy", namespace: "dev-platform", port: 4180, resource: "dev-authority-proxy" },
  { role: "serve", namespace: "dev-bank-churn", port: 8080, resource: "dev-authority-bank-churn-serve" },
];

describe.each(servers)("the server $role on a team's own cluster", ({ role, namespace, port, resource }) => {
  it("has a certificate of the environment's authority for its Service, and waits for it", () => {
    const { inputs, name } = only(made, "Secret", `${role}-tls`);
    expect(name).toBe(resource);
    expect(inputs).toMatchObject({ type: "kubernetes.io/tls", metadata: { namespace } });
    const request = made.find((one) => one.type.endsWith(":CertRequest") && one.name === resource);
    const host = `${role}.${namespace}`;
    expect(request?.inputs.dnsNames).toEqual([role, host, `${host}.svc`, `${host}.svc.cluster.local`]);
    expect(awaited(only(made, "Deployment", role))).toContain(resource);
  });

  it("reads it from a folder of its own, and is asked by TLS alone", () => {
    const { spec } = only(made, "Deployment", role).inputs.spec.template;
    expect(spec.volumes).toContainEqual({
      name: "tls",
      secret: { secretName: `${role}-tls`, defaultMode: 0o440 },
    });
    const { volumeMounts, ports, ...probes } = spec.containers[0];
    expect(volumeMounts).toContainEqual({ name: "tls", mountPath: "/var/run/ecluse/tls", readOnly: true });
    expect(ports).toEqual([{ name: "https", containerPort: port, protocol: "TCP" }]);
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"])
      expect(probes[probe].httpGet).toMatchObject({ port, scheme: "HTTPS" });
    expect(only(made, "Service", role).inputs.spec.ports).toEqual([
      { name: "https", port, targetPort: "https", protocol: "TCP" },
    ]);
  });

  it("is made again with a renewed certificate, which it reads at its start", () => {
    const { annotations } = only(made, "Deployment", role).inputs.spec.template.metadata;
    expect(annotations["ecluse.local/reads"]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("who calls them", () => {
  it("takes https, and knows the servers by the authority alone", () => {
    for (const role of ["serve", "monitor", "train"]) {
      expect(environment(made, role), role).toMatchObject({
        MLFLOW_TRACKING_URI: "https://tracking.dev-platform.svc.cluster.local:5000",
        MLFLOW_TRACKING_SERVER_CERT_PATH: "/var/run/ecluse/authority/ca.crt",
      });
      expect(container(made, role).volumeMounts, role).toContainEqual({
        name: "authority",
        mountPath: "/var/run/ecluse/authority",
        readOnly: true,
      });
    }
    for (const role of ["tracking", "serve"])
      expect(environment(made, role).ECLUSE_TLS_FOLDER, role).toBe("/var/run/ecluse/tls");
  });

  it("is the login proxy too, which serves no plain HTTP and skips no verification", () => {
    const { args } = container(made, "proxy");
    expect(args).toEqual(
      expect.arrayContaining([
        "--upstream=https://tracking.dev-platform.svc.cluster.local:5000",
        "--https-address=0.0.0.0:4180",
        "--tls-cert-file=/var/run/ecluse/tls/tls.crt",
        "--tls-key-file=/var/run/ecluse/tls/tls.key",
        "--tls-min-version=TLS1.2",
      ]),
    );
    expect(args.join(" ")).not.toMatch(/http-address|insecure-skip-verify/);
    // Go reads the image's own file of public authorities beside the folder.
    expect(environment(made, "proxy")).toMatchObject({ SSL_CERT_DIR: "/var/run/ecluse/authority" });
    expect(environment(made, "proxy")).not.toHaveProperty("SSL_CERT_FILE");
  });

  it("is the ingress controller, which verifies the server by the authority in its Secret", () => {
    for (const [role, namespace] of [
      ["proxy", "dev-platform"],
      ["serve", "dev-bank-churn"],
    ] as const) {
      const { metadata, spec } = only(made, "Ingress", role).inputs;
      expect(metadata.annotations).toMatchObject({
        "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS",
        "nginx.ingress.kubernetes.io/proxy-ssl-secret": `${namespace}/${role}-tls`,
        "nginx.ingress.kubernetes.io/proxy-ssl-verify": "on",
        "nginx.ingress.kubernetes.io/proxy-ssl-name": `${role}.${namespace}.svc.cluster.local`,
        "nginx.ingress.kubernetes.io/proxy-ssl-server-name": "on",
      });
      const ports = spec.rules[0].http.paths.map(
        ({ backend }: { backend: { service: { port: object } } }) => backend.service.port,
      );
      expect(new Set(ports.map(JSON.stringify))).toEqual(new Set(['{"name":"https"}']));
    }
  });

  it("is Prometheus, which knows the model server by the authority in its namespace", () => {
    const { metadata, spec } = only(made, "PodMonitor", "serve").inputs;
    expect(metadata.namespace).toBe("dev-bank-churn");
    const ca = { configMap: { name: "authority", key: "ca.crt" } };
    const serverName = "serve.dev-bank-churn.svc.cluster.local";
    expect(spec.podMetricsEndpoints).toEqual([
      { port: "https", scheme: "https", tlsConfig: { ca, serverName } },
    ]);
    const held = made.filter(
      ({ type, inputs }) => type.endsWith(":ConfigMap") && inputs.metadata.name === "authority",
    );
    expect(held.map(({ inputs }) => inputs.metadata.namespace)).toContain("dev-bank-churn");
  });

  it("names no address in plain HTTP", () => {
    expect(templates(made).length).toBeGreaterThan(6);
    expect(JSON.stringify(templates(made))).not.toContain("http://");
  });
});

describe("a scope without an authority", () => {
  const scope = podScope({});
  it("has servers of plain HTTP, and clients that trust nothing more", () => {
    const { tracking } = podsOf("dev");
    const nothing = { env: [], volumes: [], mounts: [], egress: [], dependsOn: [] };
    expect(serverTls(scope, tracking)).toEqual({ on: false, access: nothing });
    expect(serverTrust(scope, "dev-platform")).toEqual(nothing);
  });
});

it("another certificate is another digest", async () => {
  const digest = (...texts: string[]) =>
    new Promise((resolve) => digestOf(...texts.map((text) => pulumi.output(text))).apply(resolve));
  expect(await digest("a", "b")).not.toBe(await digest("a", "c"));
});
