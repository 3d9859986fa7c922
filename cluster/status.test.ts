import { expect, it } from "vitest";
import { podStatus } from "./status";

const metadata = { name: "serve", namespace: "dev-bank-churn", creationTimestamp: "2026-11-28T10:00:00Z" };
const pod = (status: object) => ({ apiVersion: "v1", kind: "Pod", metadata, status });
const ready = (status: string) => ({
  phase: "Running",
  conditions: [{ type: "Ready", status, lastTransitionTime: "2026-11-28T10:00:12Z" }],
});
const own = { namespace: "dev-bank-churn", name: "serve" };
const summary = {
  pods: [
    { podRef: { ...own, namespace: "prod-bank-churn" }, memory: { workingSetBytes: 2 ** 30 } },
    { podRef: own, memory: { workingSetBytes: 300 * 2 ** 20 } },
  ],
};

it("says how long a pod took until it was ready, and what it uses", () => {
  expect(podStatus(pod(ready("True")), summary)).toEqual({ ...own, ready: true, seconds: 12, memory: 300 });
});

it("knows a pod that has done its work as ready, and one that waits or failed as not", () => {
  const ended = (finishedAt: string) => ({ state: { terminated: { finishedAt } } });
  const containerStatuses = [ended("2026-11-28T10:00:40Z"), ended("2026-11-28T10:00:30Z")];
  const none = { pods: [] };
  expect(podStatus(pod({ phase: "Succeeded", containerStatuses }), none)).toEqual({
    ...own,
    ready: true,
    seconds: 40,
  });
  for (const status of [ready("False"), { phase: "Pending" }, { phase: "Failed", containerStatuses }])
    expect(podStatus(pod(status), none)).toEqual({ ...own, ready: false });
});
