import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { expect, test } from "vitest";
import type { PodAccess } from "../kubernetes/foundation";
import { clusterOptions, identitiesOf, ofType, only, registeredBy, standsOf } from "./fixture";
import { halfYearOf, VaultSecrets } from "./vaultSecrets";

const { name: halfYear, due } = halfYearOf(new Date());

async function secretsOfPods() {
  const accesses: PodAccess[] = [];
  const all = await registeredBy(() => {
    const { asked, scope } = standsOf({ environment: "prod" });
    const secrets = new VaultSecrets("prod-secrets", {
      scope,
      vault: { id: pulumi.output("/vault"), vaultName: pulumi.output("kv-prod-a1b2") },
      identities: identitiesOf(asked, scope),
      options: clusterOptions(),
      generator: new random.Provider("prod-random"),
    });
    const tracking = { role: "tracking", namespace: "prod-platform", name: "prod-tracking" } as const;
    const proxy = { role: "proxy", namespace: "prod-platform", name: "prod-proxy" } as const;
    const monitor = {
      role: "monitor",
      namespace: "prod-bank-churn",
      name: "prod-bank-churn-monitor",
    } as const;
    const release = { role: "release", namespace: "prod-release", name: "prod-release" } as const;
    secrets.random("prod-tracking-session-key", 32);
    accesses.push(
      secrets.values(tracking, "session-key", { ECLUSE_SESSION_KEY: pulumi.secret("s3cret") }),
      secrets.existing(proxy, "CLIENT_SECRET", { secret: "people", key: "people-client" }),
      secrets.file(monitor, "/var/run/ecluse/gitlab", pulumi.output("t0ken")),
      secrets.values(release, "signing-key", { ECLUSE_SIGNING_KEY: pulumi.secret("PEM") }, "by hand"),
    );
  });
  return { all, accesses };
}

test("a pod's secret is in the vault, marked secret, typed and dated", async () => {
  const { all } = await secretsOfPods();
  const secret = only(all, "Secret", "prod-tracking-session-key-ecluse-session-key");
  expect(secret.inputs.secretName).toBe("tracking-session-key-ecluse-session-key");
  expect(secret.secretPaths).toContainEqual(expect.stringMatching(/^properties/));
  expect(secret.inputs.properties).toMatchObject({ value: "s3cret", contentType: "text/plain" });
  expect(secret.inputs.properties.attributes.expires).toBe(due);
  expect(secret.ignoreChanges).toEqual([]);
  // The value is another one when the date is: the first `up` of a half-year makes both.
  const bytes = only(all, "RandomBytes", "prod-tracking-session-key");
  expect(bytes.inputs.keepers).toEqual({ halfYear });
});

test("a secret that a person renews keeps its date and the names that pods know it by", async () => {
  const { all } = await secretsOfPods();
  const secret = only(all, "Secret", "prod-release-signing-key-ecluse-signing-key");
  const days = (secret.inputs.properties.attributes.expires - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(363);
  expect(days).toBeLessThanOrEqual(365);
  expect(secret.ignoreChanges).toEqual(["properties.attributes.expires"]);
  const { metadata } = only(all, "SecretProviderClass", "prod-release-signing-key").inputs;
  expect(metadata.name).toBe("release-signing-key");
});

test.each([
  ["2026-01-01", "2026h1", "2026-12-27"],
  ["2026-06-30", "2026h1", "2026-12-27"],
  ["2026-07-01", "2026h2", "2027-06-26"],
  ["2027-12-31", "2027h2", "2028-06-26"],
  ["2028-01-01", "2028h1", "2028-12-27"],
])("what is made on %s is of %s, and due on %s", (day, name, dueOn) => {
  const made = halfYearOf(new Date(`${day}T12:00:00Z`));
  expect([made.name, new Date(made.due * 1000).toISOString().slice(0, 10)]).toEqual([name, dueOn]);
  // KV-05 asks for a date within a year.
  expect(made.due - Date.parse(day) / 1000).toBeLessThanOrEqual(365 * 86_400);
});

test("only the pod's identity may read its secret, and no other one", async () => {
  const { all } = await secretsOfPods();
  const roles = ofType(all, "authorization:RoleAssignment");
  expect(roles.map(({ inputs }) => [inputs.principalId, inputs.scope])).toEqual([
    [
      "principal-of-prod-identities-bank-churn-monitor",
      expect.stringMatching(/Secret\/prod-bank-churn-monitor-token$/),
    ],
    ["principal-of-prod-identities-proxy", "/vault/secrets/people-client"],
    [
      "principal-of-prod-identities-release",
      expect.stringMatching(/Secret\/prod-release-signing-key-ecluse-signing-key$/),
    ],
    [
      "principal-of-prod-identities-tracking",
      expect.stringMatching(/Secret\/prod-tracking-session-key-ecluse-session-key$/),
    ],
  ]);
  for (const { inputs } of roles) {
    expect(inputs.roleDefinitionId.split("/").at(-1)).toBe("4633458b-17de-408a-b874-0445c86b69e6");
    expect(inputs.principalType).toBe("ServicePrincipal");
    expect(inputs.description).toContain("of prod reads its secret");
  }
});

test("the driver mounts a secret under the pod's identity and syncs it for the variable", async () => {
  const { all, accesses } = await secretsOfPods();
  const { inputs } = only(all, "SecretProviderClass", "prod-tracking-session-key");
  expect(inputs.metadata).toEqual({ name: `tracking-session-key-${halfYear}`, namespace: "prod-platform" });
  expect(inputs.spec).toEqual({
    provider: "azure",
    parameters: {
      usePodIdentity: "false",
      clientID: "client-of-prod-identities-tracking",
      keyvaultName: "kv-prod-a1b2",
      tenantId: "22222222-2222-4222-8222-222222222222",
      objects:
        "array:\n  - |\n    objectName: tracking-session-key-ecluse-session-key\n    objectType: secret\n",
    },
    secretObjects: [
      {
        secretName: `tracking-session-key-${halfYear}`,
        type: "Opaque",
        data: [
          {
            objectName: "tracking-session-key-ecluse-session-key",
            key: "tracking-session-key-ecluse-session-key",
          },
        ],
      },
    ],
  });
  expect(accesses[0]).toMatchObject({
    env: [
      {
        name: "ECLUSE_SESSION_KEY",
        valueFrom: {
          secretKeyRef: {
            name: `tracking-session-key-${halfYear}`,
            key: "tracking-session-key-ecluse-session-key",
          },
        },
      },
    ],
    volumes: [
      {
        name: "secrets-session-key",
        csi: {
          driver: "secrets-store.csi.k8s.io",
          readOnly: true,
          volumeAttributes: { secretProviderClass: `tracking-session-key-${halfYear}` },
        },
      },
    ],
    mounts: [
      { name: "secrets-session-key", mountPath: "/var/run/ecluse/secrets/session-key", readOnly: true },
    ],
  });
  expect(accesses[1]?.env).toEqual([
    {
      name: "CLIENT_SECRET",
      valueFrom: { secretKeyRef: { name: "proxy-people-client", key: "people-client" } },
    },
  ]);
});

test("a token is mounted as the file `token`, and as no Secret", async () => {
  const { all, accesses } = await secretsOfPods();
  const { inputs } = only(all, "SecretProviderClass", "prod-bank-churn-monitor-token");
  expect(inputs.metadata).toEqual({ name: "monitor-token", namespace: "prod-bank-churn" });
  expect(inputs.spec).not.toHaveProperty("secretObjects");
  expect(inputs.spec.parameters.objects).toBe(
    "array:\n  - |\n    objectName: bank-churn-monitor-token\n    objectType: secret\n    objectAlias: token\n",
  );
  expect(accesses[2]).toMatchObject({
    env: [],
    mounts: [{ name: "secrets-token", mountPath: "/var/run/ecluse/gitlab", readOnly: true }],
  });
});

test("a random secret has the asked bytes", async () => {
  const { all } = await secretsOfPods();
  expect(only(all, "RandomBytes").inputs).toEqual({ length: 32, keepers: { halfYear } });
  expect(only(all, "RandomBytes").parent).toEqual({
    type: "ecluse:azure:VaultSecrets",
    name: "prod-secrets",
  });
});
