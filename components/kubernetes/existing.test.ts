import { expect, it } from "vitest";
import { existingDatabase, existingStore } from "./existing";
import { record } from "./fixture";
import type { Pod, PodAccess } from "./foundation";
import { podsOf } from "./pods";

const own = {
  kind: "s3",
  endpoint: "https://s3.example.com",
  region: "eu-west-1",
  prefix: "ml",
  range: "192.0.2.20/32",
  port: 443,
} as const;

const database = { host: "db.example.com", port: 5432, range: "192.0.2.10/32" };
const { tracking, monitor } = podsOf("dev");

it("leaves the Secrets of what exists to the team, where no values are given", async () => {
  const access: PodAccess[] = [];
  const made = await record(() => {
    access.push(
      existingStore(own).access(tracking, "artifacts", "read"),
      existingDatabase(database).access(tracking),
    );
  });
  expect(made).toEqual([]);
  expect(access.flatMap(({ dependsOn }) => dependsOn)).toEqual([]);
});

it("keeps one Secret for each pod, and makes the pod wait for it", async () => {
  const waits: PodAccess["dependsOn"][] = [];
  const made = await record((options) => {
    const store = existingStore(own, { options, values: () => ({ accessKey: "id", secretKey: "key" }) });
    const passwords = existingDatabase(database, {
      options,
      values: ({ role }: Pod) => ({ password: `${role}'s` }),
    });
    const churn = monitor("churn");
    waits.push(
      store.access(churn, "inference", "read").dependsOn,
      store.access(churn, "reports", "read-write").dependsOn,
    );
    waits.push(store.access(tracking, "artifacts", "read").dependsOn, passwords.access(tracking).dependsOn);
  });
  const kept = made.map(({ name, inputs }) => [name, inputs.metadata.namespace, inputs.metadata.name]);
  expect(kept.sort()).toEqual([
    ["dev-churn-monitor-objects", "dev-churn", "objects-monitor"],
    ["dev-tracking-database", "dev-platform", "database-tracking"],
    ["dev-tracking-objects", "dev-platform", "objects-tracking"],
  ]);
  expect(waits.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  expect(waits[0]?.[0]).toBe(waits[1]?.[0]);
});
