import { expect, it } from "vitest";
import { rules } from "./all";
import { clusterCounterparts } from "./clusterCounterparts";

const ids = rules.map(({ id }) => id);
const ofCluster = ["LOG-06", "ST-19", "ST-20"];

it("every rule on Azure's database, stores, vault, alerts and budget has a counterpart, or says why not", () => {
  const wanted = ids.filter((id) => /^(PG|ST|KV|LOG)-|^GOV-04$/.test(id) && !ofCluster.includes(id));
  expect(Object.keys(clusterCounterparts).sort()).toEqual(wanted.sort());
  const silent = Object.entries(clusterCounterparts).filter(
    ([, each]) => each.rules.length === 0 && !each.reason,
  );
  expect(silent).toEqual([]);
});

it("counterparts are rules that exist, and every rule on a cluster's database is one", () => {
  const named = Object.values(clusterCounterparts).flatMap((each) => each.rules);
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  expect(
    ids.filter((id) => (id.startsWith("CNPG-") || ofCluster.includes(id)) && !named.includes(id)),
  ).toEqual([]);
});
