import { describe, expect, it } from "vitest";
import { statefulTypes } from "../../components/stateful";
import { graph, ofKind, type Planned, textAt } from "./plan";

const holders: Record<string, readonly string[]> = {
  prod: [
    "BlobContainer",
    "Database",
    "Key",
    "ManagedCluster",
    "Registry",
    "Server",
    "StorageAccount",
    "Vault",
    "Workspace",
  ],
  "onprem-prod": ["Cluster"],
};

const shortType = ({ type }: Planned) => type.split(":").at(-1) ?? "";

describe.each(Object.keys(holders))("what %s keeps data in", (stack) => {
  it("is protected, and watched for every change that would replace it", async () => {
    const found = (await graph(stack)).resources.filter(({ type }) => type in statefulTypes);
    expect([...new Set(found.map(shortType))].sort()).toEqual(holders[stack]);
    const kept = found.map(({ urn, protect, replaceOnChanges }) => ({ urn, protect, replaceOnChanges }));
    const wanted = found.map(({ urn, type }) => ({
      urn,
      protect: true,
      replaceOnChanges: statefulTypes[type]?.replaceOnChanges,
    }));
    expect(kept).toEqual(wanted);
  });

  it("leaves no volume or stateful set beside", async () => {
    const found = await graph(stack);
    expect(ofKind(found, "PersistentVolumeClaim")).toEqual([]);
    expect(ofKind(found, "StatefulSet")).toEqual([]);
  });
});

it("a database of CloudNativePG outlives its object", async () => {
  for (const stack of ["onprem-dev", "onprem-prod"]) {
    const databases = (await graph(stack)).resources.filter(({ type }) =>
      type.endsWith("cnpg.io/v1:Database"),
    );
    expect(databases.map((each) => textAt(each, "spec.databaseReclaimPolicy"))).toEqual(["retain"]);
  }
});

it("development can be taken down as a whole", async () => {
  for (const stack of ["dev", "onprem-dev"]) {
    const { resources } = await graph(stack);
    expect(resources.filter(({ protect }) => protect)).toEqual([]);
  }
});
