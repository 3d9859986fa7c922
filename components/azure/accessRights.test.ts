import { expect, test } from "vitest";
import type { PodAccess } from "../kubernetes/foundation";
import { podsOf } from "../kubernetes/pods";
import { AccessRights } from "./accessRights";
import { accessArgs, storeArgs, vaultArgs } from "./args";
import { identitiesOf, ofType, only, type Registered, registeredBy, standsOf, type Variant } from "./fixture";
import { ArtifactStore } from "./store";
import { Vault } from "./vault";

/** A store with the accesses that an environment's pods, groups and pipelines have. */
async function store(variant: Variant) {
  const accesses: PodAccess[] = [];
  const pods = podsOf(variant.environment);
  const all = await registeredBy(() => {
    const { asked, ...given } = standsOf(variant);
    const key =
      variant.classification && new Vault("own-vault", { ...given, ...vaultArgs(asked) }).keys.store;
    const identities = identitiesOf(asked, given.scope);
    const args = { ...given, identities, ...storeArgs(asked), ...(key && { key }) };
    const store = new ArtifactStore("own-store", args);
    accesses.push(store.access(pods.tracking, "artifacts", "read-write-delete"));
    accesses.push(store.access(pods.serve("bank-churn"), "inference", "write"));
    accesses.push(store.access(pods.monitor("bank-churn"), "inference", "read"));
    accesses.push(store.access(pods.monitor("bank-churn"), "reports", "read-write"));
    accesses.push(store.access(pods.compact("bank-churn"), "inference", "read-write-delete"));
    const rights = { scope: given.scope, store, identities, workspaceId: workspaceOf(variant) };
    new AccessRights("own-access", { ...rights, ...accessArgs(asked) });
  });
  return { all, accesses };
}

const group = ({ environment }: Variant) =>
  `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-ecluse-${environment}`;
const workspaceOf = (variant: Variant) => `${group(variant)}/providers/workspaces/log`;

const assignments = (all: Registered[]) => ofType(all, "authorization:RoleAssignment");

const container = (variant: Variant, name: string) =>
  `${group(variant)}/providers/azure-native:storage:BlobContainer/own-store-${name}`;

test("each identity has its permission on its container, and in it on its use case's folder", async () => {
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
      ["landers-id", custom("own-store-blob-editor"), container(prod, "data"), undefined],
      ["landers-id", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", container(prod, "holdout"), undefined],
      [
        "principal-of-prod-identities-bank-churn-ci",
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        container(prod, "data"),
        "bank-churn/",
      ],
      [
        "principal-of-prod-identities-bank-churn-compact",
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        container(prod, "inference"),
        "bank-churn/",
      ],
      [
        "principal-of-prod-identities-bank-churn-monitor",
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        container(prod, "inference"),
        "bank-churn/",
      ],
      [
        "principal-of-prod-identities-bank-churn-monitor",
        custom("own-store-blob-editor"),
        container(prod, "reports"),
        "bank-churn/",
      ],
      [
        "principal-of-prod-identities-bank-churn-serve",
        custom("own-store-blob-depositor"),
        container(prod, "inference"),
        "bank-churn/",
      ],
      [
        "principal-of-prod-identities-tracking",
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
      expect(inputs.description).toMatch(new RegExp(`of ${variant.environment} .*\\.$`));
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
  const uses = ofType(all, "managedidentity:UserAssignedIdentity").map(({ inputs }) => inputs.resourceName);
  expect(uses).toEqual([
    "id-ecluse-dev-bank-churn-compact",
    "id-ecluse-dev-bank-churn-monitor",
    "id-ecluse-dev-bank-churn-serve",
    "id-ecluse-dev-tracking",
  ]);
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

test("rights of pods belong to the store, and rights of people and of pipelines to their own part", async () => {
  const { all } = await store({ environment: "prod" });
  const parents = Object.fromEntries(assignments(all).map(({ name, parent }) => [name, parent.name]));
  expect(parents).toEqual({
    "own-access-auditors-logs-role": "own-access",
    "own-access-auditors-reports-role": "own-access",
    "own-access-bank-churn-ci-role": "own-access",
    "own-access-data-landers-holdout-role": "own-access",
    "own-access-data-landers-role": "own-access",
    "prod-bank-churn-compact-inference-role": "own-store",
    "prod-bank-churn-monitor-inference-role": "own-store",
    "prod-bank-churn-monitor-reports-role": "own-store",
    "prod-bank-churn-serve-inference-role": "own-store",
    "prod-tracking-artifacts-role": "own-store",
  });
});
