import { describe, expect, it } from "vitest";
import { owned, shared } from "./owned";
import { graph } from "./plan";

describe.each([
  ["dev", "prod"],
  ["onprem-dev", "onprem-prod"],
])("%s and %s", (one, other) => {
  it("have no name, range, identity, object or secret in common, and do not know each other's", async () => {
    expect(shared(await graph(one), await graph(other))).toEqual([]);
  });
});

it("what is compared is there: an environment on Azure", async () => {
  const { contexts, ...rest } = owned(await graph("prod"));
  expect(contexts).toEqual([]);
  expect(rest.names).toEqual(
    expect.arrayContaining([
      "rg-ecluse-prod",
      "stecluseproda1",
      "kv-prod-a1",
      "kv-prod-a1-geo",
      "crecluseproda1",
      "psql-ecluse-prod-a1",
      "aks-ecluse-prod",
      "vnet-ecluse-prod",
      "id-ecluse-prod-tracking",
      "log-ecluse-prod",
      "nsg-ecluse-prod-nodes",
    ]),
  );
  expect(rest.principals).toEqual(
    expect.arrayContaining([
      "00000000-0000-0000-0000-0000000000e2",
      "00000000-0000-0000-0000-0000000000e3",
      "ecluse-prod",
    ]),
  );
  expect([...rest.ranges].sort()).toEqual([
    "10.21.0.0/20",
    "10.21.0.0/21",
    "10.21.12.0/23",
    "10.21.14.0/24",
    "10.21.8.0/22",
  ]);
  expect(rest.subscriptions).toEqual(["00000000-0000-0000-0000-0000000000e1"]);
  expect(rest.hosts).toEqual(["tracking.prod.ml.example.com", "bank-churn.prod.ml.example.com"]);
  expect(rest.objects.length).toBeGreaterThan(40);
  expect(rest.secrets.length).toBeGreaterThan(4);
});

it("what is compared is there: an environment on a team's own cluster", async () => {
  const { contexts, objects, principals, secrets } = owned(await graph("onprem-dev"));
  expect(contexts).toEqual(["onprem-dev"]);
  expect(objects).toContain("kubernetes:core/v1:Namespace  dev-data");
  expect(objects).toContain("kubernetes:postgresql.cnpg.io/v1:Cluster dev-data database");
  expect(principals).toEqual(["ecluse-onprem-dev"]);
  expect(secrets.length).toBeGreaterThan(20);
});
