import { beforeAll, describe, expect, it } from "vitest";
import { only, type Recorded, testSettings } from "./fixture";
import { awaited, container, environment, run, without } from "./fixtureWorkloads";

let made: Recorded[];
beforeAll(async () => {
  made = await run();
});

describe("the tracking server", () => {
  it("starts after the databases are prepared, and those after their roles", () => {
    expect(awaited(only(made, "Deployment", "tracking"))).toContain("dev-tracking-prepare");
    expect(awaited(only(made, "Job", "prepare"))).toContain("dev-tracking-database-admin");
  });

  it("is one pod that ends before the next begins, and answers for its health", () => {
    const { template, ...rest } = only(made, "Deployment", "tracking").inputs.spec;
    expect(rest).toEqual({
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: { "app.kubernetes.io/name": "tracking" } },
    });
    const [{ command, livenessProbe, readinessProbe, startupProbe }] = template.spec.containers;
    expect(command).toEqual(["python", "-m", "ecluse_identity.serve"]);
    for (const probe of [livenessProbe, startupProbe])
      expect(probe.httpGet).toEqual({ path: "/health", port: 5000 });
    // The one path that asks the database (python/tests/identity/test_outage.py).
    expect(readinessProbe.httpGet).toEqual({ path: "/ready", port: 5000 });
  });

  it("states the callers it trusts, the hosts it answers for, and what is off", () => {
    const hosts = "tracking.dev-platform.svc.cluster.local:5000,tracking.dev.example.com";
    expect(environment(made, "tracking")).toEqual({
      HOME: "/tmp",
      ECLUSE_ENVIRONMENT: "dev",
      ECLUSE_HOST: "0.0.0.0",
      ECLUSE_PORT: "5000",
      ECLUSE_IDENTITY: '{"environment":"dev"}',
      ECLUSE_ALLOWED_HOSTS: hosts,
      ECLUSE_ARTIFACTS: "wasbs://artifacts@blobs.example.com/",
      MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS: "false",
      ECLUSE_TRACKING_DATABASE: "postgresql+psycopg2://tracking@db.example.com:5432/tracking",
      ECLUSE_AUTH_DATABASE: "postgresql+psycopg2://tracking@db.example.com:5432/auth",
      ECLUSE_DATABASE_LOGIN: "entra",
      AWS_SECRET_ACCESS_KEY: { secretKeyRef: { name: "objects-tracking", key: "AWS_SECRET_ACCESS_KEY" } },
      ECLUSE_SESSION_KEY: { secretKeyRef: { name: "session-key", key: "ECLUSE_SESSION_KEY" } },
    });
  });

  it("has no proxy, no host and no caller from outside where no person has access", async () => {
    const closed = await run(without(testSettings(), "people"));
    expect(closed.filter(({ inputs }) => inputs.metadata.name === "proxy")).toEqual([]);
    const hosts = closed.filter(({ type }) => type.endsWith(":Ingress"));
    expect(hosts.map(({ inputs }) => inputs.metadata.name)).toEqual(["serve"]);
    expect(environment(closed, "tracking")).toMatchObject({
      ECLUSE_ALLOWED_HOSTS: "tracking.dev-platform.svc.cluster.local:5000",
    });
    const { from } = only(closed, "NetworkPolicy", "tracking").inputs.spec.ingress[0];
    expect(JSON.stringify(from)).not.toContain('"proxy"');
  });
});

describe("the proxy of people", () => {
  it("asks by PKCE and nonce, lets the groups in, and passes their id_token on", () => {
    expect(container(made, "proxy").args).toEqual([
      "--provider=oidc",
      "--oidc-issuer-url=https://gitlab.example.com",
      "--client-id=ecluse-dev",
      "--redirect-url=https://tracking.dev.example.com/oauth2/callback",
      "--scope=openid profile email",
      "--code-challenge-method=S256",
      "--insecure-oidc-skip-nonce=false",
      "--oidc-email-claim=preferred_username",
      "--email-domain=*",
      "--upstream=http://tracking.dev-platform.svc.cluster.local:5000",
      "--http-address=0.0.0.0:4180",
      "--pass-authorization-header=true",
      "--skip-jwt-bearer-tokens=true",
      "--skip-provider-button=true",
      "--cookie-name=__Host-ecluse",
      "--cookie-secure=true",
      "--cookie-httponly=true",
      "--cookie-samesite=lax",
      "--cookie-expire=8h",
      "--cookie-refresh=1m",
      "--silence-ping-logging=true",
      "--allowed-group=scientists",
      "--allowed-group=auditors",
    ]);
    expect(environment(made, "proxy")).toEqual({
      HOME: "/tmp",
      OAUTH2_PROXY_CLIENT_SECRET: { secretKeyRef: { name: "people", key: "OAUTH2_PROXY_CLIENT_SECRET" } },
      OAUTH2_PROXY_COOKIE_SECRET: {
        secretKeyRef: { name: "proxy-cookie", key: "OAUTH2_PROXY_COOKIE_SECRET" },
      },
    });
  });

  it("is what the tracking host shows, by TLS only", () => {
    const { metadata, spec } = only(made, "Ingress", "proxy").inputs;
    expect(metadata.annotations).toMatchObject({
      "nginx.ingress.kubernetes.io/ssl-redirect": "true",
      "nginx.ingress.kubernetes.io/proxy-body-size": "512m",
      "cert-manager.io/cluster-issuer": "company",
    });
    expect(spec.ingressClassName).toBe("nginx");
    expect(spec.tls).toEqual([
      { hosts: ["tracking.dev.example.com"], secretName: "tracking.dev.example.com-tls" },
    ]);
    expect(spec.rules).toEqual([
      {
        host: "tracking.dev.example.com",
        http: {
          paths: [
            {
              path: "/",
              pathType: "Prefix",
              backend: { service: { name: "proxy", port: { name: "http" } } },
            },
          ],
        },
      },
    ]);
  });
});
