import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { EnvironmentSettings } from "../settings";
import { hashedName } from "./authority";
import { only, record } from "./fixture";
import type { Foundation, PodAccess } from "./foundation";
import { onPremise, onPremiseSettings } from "./onpremise";
import { onPremiseTestSettings } from "./onpremiseFixture";
import { podsOf } from "./pods";

/** What a program makes on the foundation of these settings. */
const recordOn = (settings: EnvironmentSettings, program: (foundation: Foundation) => void = () => {}) =>
  record(({ parent }) => program(onPremise(onPremiseSettings(settings), parent)));

const { tracking } = podsOf("dev");

describe("settings of a team's own cluster", () => {
  const settings = onPremiseTestSettings();
  it.each([
    [{ kubernetes: undefined }, /ecluse:kubernetes is not set: name the context/],
    [{ cluster: undefined }, /ecluse:cluster is not set: name the domain/],
    [
      { cluster: { ...settings.cluster, imageRegistry: undefined } },
      /ecluse:cluster\.imageRegistry is not set/,
    ],
    [
      { kubernetes: { ...settings.kubernetes, apiServerRange: "0.0.0.0/0" } },
      /apiServerRange is "0\.0\.0\.0\/0"/,
    ],
  ])("are refused without what they need", (change, message) => {
    expect(() => onPremiseSettings({ ...settings, ...change } as EnvironmentSettings)).toThrow(message);
  });
});

it("names the context always, and applies on the server", async () => {
  const seen: unknown[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ inputs, name, type }) => {
      if (type === "pulumi:providers:kubernetes") seen.push(inputs);
      return { id: name, state: {} };
    },
    call: () => ({ id: "4711" }),
  });
  onPremise(
    onPremiseSettings(onPremiseTestSettings()),
    new pulumi.ComponentResource("test:index:Root", "root"),
  );
  await pulumi.runtime.disconnect();
  expect(seen).toEqual([{ context: "onprem-dev", enableServerSideApply: "true" }]);
});

describe("on a team's own cluster", () => {
  it("the two servers that verify workload tokens may read the cluster's keys, and nobody else", async () => {
    const binding = only(
      await recordOn(onPremiseTestSettings()),
      "ClusterRoleBinding",
      "ecluse-dev-issuer-discovery",
    );
    expect(binding.inputs.roleRef.name).toBe("system:service-account-issuer-discovery");
    expect(binding.inputs.subjects).toEqual([
      { kind: "ServiceAccount", name: "tracking", namespace: "dev-platform" },
      { kind: "ServiceAccount", name: "serve", namespace: "dev-bank-churn" },
    ]);
  });

  it("the issuer's files are where a server finds a token for the API server and its authority", async () => {
    let issuer: unknown;
    let access: PodAccess | undefined;
    await recordOn(onPremiseTestSettings(), (foundation) => {
      foundation.issuer.keys.apply((value) => {
        issuer = value;
      });
      access = foundation.issuer.access(tracking);
    });
    expect(issuer).toEqual({
      issuer: "https://kubernetes.default.svc.cluster.local",
      jwks_uri: "https://kubernetes.default.svc/openid/v1/jwks",
      ca_file: "/var/run/ecluse/issuer/ca.crt",
      token_file: "/var/run/ecluse/issuer/token",
    });
    expect(access?.mounts).toEqual([
      { name: "api-server", mountPath: "/var/run/ecluse/issuer", readOnly: true },
    ]);
    expect(access?.volumes[0]).toMatchObject({
      projected: { sources: [{ serviceAccountToken: { path: "token", expirationSeconds: 3600 } }, {}, {}] },
    });
    expect(access?.egress).toEqual([{ to: [{ ipBlock: { cidr: "10.96.0.1/32" } }], ports: [443, 6443] }]);
  });

  it("secrets are Secrets, marked secret, and reach a pod by reference", async () => {
    let env: unknown;
    const recorded = await recordOn(onPremiseTestSettings(), (foundation) => {
      const { secrets } = foundation;
      const values = { ECLUSE_SESSION_KEY: secrets.random("session-key", 32) };
      env = secrets.values(tracking, "session-key", values).env;
    });
    expect(env).toEqual([
      {
        name: "ECLUSE_SESSION_KEY",
        valueFrom: { secretKeyRef: { name: "session-key", key: "ECLUSE_SESSION_KEY" } },
      },
    ]);
    const { inputs } = only(recorded, "Secret", "session-key");
    expect(inputs).toMatchObject({
      type: "Opaque",
      immutable: false,
      metadata: { namespace: "dev-platform" },
    });
    expect(isSecret(inputs.stringData)).toBe(true);
  });

  it("every resource has the explicit provider of its package", async () => {
    const recorded = await recordOn(onPremiseTestSettings(), ({ database, store, secrets }) => {
      database.access(tracking);
      store.access(tracking, "artifacts", "read-write-delete");
      secrets.random("more", 8);
    });
    const without = recorded.filter(
      ({ type, options }) =>
        !type.startsWith("pulumi:") && !options.provider && !options.parent?.getProvider(type),
    );
    expect(without).toEqual([]);
    expect(recorded.length).toBeGreaterThan(30);
  });

  it("each Secret's values are marked secret", async () => {
    const recorded = await recordOn(onPremiseTestSettings(), ({ database, store }) => {
      database.access(tracking);
      store.access(tracking, "artifacts", "read-write-delete");
    });
    const plain = recorded.filter(
      ({ type, inputs }) => type.endsWith(":Secret") && !isSecret(inputs.stringData),
    );
    expect(plain).toEqual([]);
  });
});

describe("the certificate authority", () => {
  it("is found by the hash that OpenSSL gives its subject", () => {
    // openssl x509 -noout -subject_hash, of a certificate with this common name.
    expect(hashedName).toBe("d68a5dc0.0");
  });

  it("signs certificates and no more, and its servers' are for their Service", async () => {
    const recorded = await recordOn(onPremiseTestSettings());
    const named = (type: string, name: string) =>
      recorded.find((one) => one.type === `tls:index/${type}` && one.name === name)?.inputs;
    expect(named("selfSignedCert:SelfSignedCert", "dev-authority")).toMatchObject({
      isCaCertificate: true,
      allowedUses: ["cert_signing", "crl_signing"],
      subject: { commonName: "Ecluse environment authority" },
    });
    expect(named("certRequest:CertRequest", "dev-authority-database-rw").dnsNames).toEqual([
      "database-rw",
      "database-rw.dev-data",
      "database-rw.dev-data.svc",
      "database-rw.dev-data.svc.cluster.local",
    ]);
    expect(named("locallySignedCert:LocallySignedCert", "dev-authority-database-rw").allowedUses).toEqual([
      "server_auth",
      "digital_signature",
    ]);
  });

  it("warns once per namespace", async () => {
    const recorded = await recordOn(onPremiseTestSettings(), ({ database }) => {
      database.access(tracking);
      database.access({ ...tracking, role: "prepare", name: "dev-prepare" });
    });
    const maps = recorded.filter(
      ({ type, inputs }) => type.endsWith(":ConfigMap") && inputs.metadata.namespace === "dev-platform",
    );
    expect(maps.map(({ inputs }) => inputs.metadata.name)).toEqual(["authority"]);
  });
});

/** How a secret value is written where the mocked engine keeps secrets. */
function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}
