import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { PodAccess } from "../kubernetes/foundation";
import { identities } from "./identities";
import { clusterProvider, contextOf, fakeNetwork } from "./rolesFixture";
import { only, registeredBy } from "./rolesRecorder";
import { vault } from "./vault";
import { vaultSecrets } from "./vaultSecrets";

async function secretsOfPods() {
  const accesses: PodAccess[] = [];
  const all = await registeredBy(() => {
    const [context, network] = [contextOf({ environment: "prod" }), fakeNetwork()];
    const people = identities(context, "https://oidc.example.com/");
    const options = clusterProvider();
    const kept = vaultSecrets({ context, vault: vault(context, network), identities: people, options });
    const value = pulumi.secret("s3cret");
    accesses.push(
      kept.secrets({ role: "tracking", namespace: "prod-platform" }, "session-key", {
        ECLUSE_SESSION_KEY: value,
      }),
      kept.keptSecret({ role: "proxy", namespace: "prod-platform" }, "CLIENT_SECRET", {
        secret: "people",
        key: "people-client",
      }),
    );
  });
  return { all, accesses };
}

test("a pod's secret lies in the vault, marked secret, typed and dated", async () => {
  const { all } = await secretsOfPods();
  const secret = only(all, "Secret");
  expect(secret.inputs.secretName).toBe("tracking-session-key-ecluse-session-key");
  expect(secret.secretPaths).toContainEqual(expect.stringMatching(/^properties/));
  expect(secret.inputs.properties).toMatchObject({ value: "s3cret", contentType: "text/plain" });
  const days = (secret.inputs.properties.attributes.expires - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(363);
  expect(days).toBeLessThanOrEqual(365);
  expect(secret.ignoreChanges).toEqual(["properties.attributes.expires"]);
});

test("only the pod's identity may read its secret, and no other one", async () => {
  const { all } = await secretsOfPods();
  const roles = all.filter(({ type }) => type === "azure-native:authorization:RoleAssignment");
  expect(roles.map(({ inputs }) => [inputs.principalId, inputs.scope])).toEqual([
    ["principal-of-proxy-identity", expect.stringMatching(/Vault\/vault\/secrets\/people-client$/)],
    [
      "principal-of-tracking-identity",
      expect.stringMatching(/Secret\/tracking-session-key-ecluse-session-key$/),
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
  const { inputs } = only(all, "SecretProviderClass", "tracking-session-key");
  expect(inputs.metadata).toEqual({ name: "tracking-session-key", namespace: "prod-platform" });
  expect(inputs.spec).toEqual({
    provider: "azure",
    parameters: {
      usePodIdentity: "false",
      clientID: "client-of-tracking-identity",
      keyvaultName: "kv-prod-a1b2",
      tenantId: "22222222-2222-4222-8222-222222222222",
      objects:
        "array:\n  - |\n    objectName: tracking-session-key-ecluse-session-key\n    objectType: secret\n",
    },
    secretObjects: [
      {
        secretName: "tracking-session-key",
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
          secretKeyRef: { name: "tracking-session-key", key: "tracking-session-key-ecluse-session-key" },
        },
      },
    ],
    volumes: [
      {
        name: "secrets-session-key",
        csi: {
          driver: "secrets-store.csi.k8s.io",
          readOnly: true,
          volumeAttributes: { secretProviderClass: "tracking-session-key" },
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
