import { expect, test } from "vitest";
import type { PodAccess } from "../kubernetes/foundation";
import { namespaces } from "../naming";
import { identities } from "./identities";
import { contextOf, fakeNetwork, type Variant } from "./rolesFixture";
import { outsideRights } from "./rolesOutside";
import { only, type Registered, registeredBy } from "./rolesRecorder";
import { azureStore } from "./store";
import { vault } from "./vault";
import { ownKeys } from "./vaultOwnKeys";

/** A store with the accesses that an environment's pods, groups and pipelines have. */
async function store(variant: Variant) {
  const accesses: PodAccess[] = [];
  const place = namespaces(variant.environment);
  const all = await registeredBy(() => {
    const [context, network] = [contextOf(variant), fakeNetwork()];
    const people = identities(context, "https://oidc.example.com/");
    const keys = variant.classification && ownKeys(context, network, vault(context, network));
    const made = azureStore(context, { network, identities: people, key: keys?.store });
    const serving = {
      role: "serve",
      namespace: place.useCase("bank-churn"),
      useCase: "bank-churn",
    } as const;
    const monitor = { ...serving, role: "monitor" } as const;
    accesses.push(made.access({ role: "tracking", namespace: place.platform }, "artifacts", "rlcwd"));
    accesses.push(made.access(serving, "inference", "cw"));
    accesses.push(made.access(monitor, "inference", "rl"));
    accesses.push(made.access(monitor, "reports", "rlcw"));
    outsideRights(context, { store: made, identities: people, workspaceId: workspaceOf(variant) });
  });
  return { all, accesses };
}

const group = ({ environment }: Variant) =>
  `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-ecluse-${environment}`;
const workspaceOf = (variant: Variant) => `${group(variant)}/providers/workspaces/log`;

const assignments = (all: Registered[]) =>
  all.filter(({ type }) => type === "azure-native:authorization:RoleAssignment");

const container = (variant: Variant, name: string) =>
  `${group(variant)}/providers/azure-native:storage:BlobContainer/${name}`;

test("each identity has its permissions on its container, and in it on its use case's folder", async () => {
  const prod = { environment: "prod" } as const;
  const { all } = await store(prod);
  const custom = (name: string) => only(all, "RoleDefinition", name).inputs.roleDefinitionId;
  const rights = assignments(all).map(({ inputs }) => [
    inputs.principalId,
    inputs.roleDefinitionId.split("/").at(-1),
    inputs.scope,
    inputs.condition?.match(/StringStartsWith '([^']+)'/)?.[1],
  ]);
  expect(rights.sort()).toEqual(
    [
      ["auditors-id", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", container(prod, "reports"), undefined],
      ["auditors-id", "73c42c96-874c-492b-b04d-ab87d138a893", workspaceOf(prod), undefined],
      ["landers-id", custom("blob-editor-definition"), container(prod, "data"), undefined],
      [
        "principal-of-bank-churn-ci-identity",
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        container(prod, "data"),
        "bank-churn/",
      ],
      [
        "principal-of-bank-churn-monitor-identity",
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        container(prod, "inference"),
        "bank-churn/",
      ],
      [
        "principal-of-bank-churn-monitor-identity",
        custom("blob-editor-definition"),
        container(prod, "reports"),
        "bank-churn/",
      ],
      [
        "principal-of-bank-churn-serve-identity",
        custom("blob-depositor-definition"),
        container(prod, "inference"),
        "bank-churn/",
      ],
      [
        "principal-of-tracking-identity",
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        container(prod, "artifacts"),
        undefined,
      ],
    ].sort(),
  );
});

test.each([{ environment: "dev" }, { environment: "prod", classification: "restricted" }] as const)(
  "every role of %o is described, typed, nameless and under the resource group",
  async (variant) => {
    const { all } = await store(variant);
    expect(assignments(all).length).toBeGreaterThanOrEqual(7);
    for (const { inputs } of assignments(all)) {
      expect(inputs.description).toMatch(
        new RegExp(`of ${variant.environment} .*\\.$|of ${variant.environment} .*\\)\\.$`),
      );
      const people = ["auditors-id", "landers-id"].includes(inputs.principalId);
      expect(inputs.principalType).toBe(people ? "Group" : "ServicePrincipal");
      expect(inputs).not.toHaveProperty("roleAssignmentName");
      expect(inputs.scope.startsWith(`${group(variant)}/providers/`)).toBe(true);
      expect(inputs.conditionVersion).toBe(inputs.condition ? "2.0" : undefined);
    }
  },
);

test("development has no identity for pipelines", async () => {
  const { all } = await store({ environment: "dev" });
  expect(all.filter(({ name }) => name === "bank-churn-ci-identity")).toEqual([]);
});

test("a pod reaches the endpoints and Entra, and nothing else", async () => {
  const { accesses } = await store({ environment: "prod" });
  for (const { egress, env, volumes } of accesses) {
    expect(egress).toEqual([
      { to: [{ ipBlock: { cidr: "10.20.8.0/24" } }], ports: [443] },
      { to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [443] },
    ]);
    expect([env, volumes]).toEqual([[], []]);
  }
});
