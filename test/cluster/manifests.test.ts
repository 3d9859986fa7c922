import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { KubernetesObject } from "../../cluster/client";
import { podsOf, readManifests } from "./manifests";

const object = (kind: string, rest: object): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "thing", namespace: "place" },
  ...rest,
});

it("reads objects in their order, and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-manifests-"));
  for (const name of ["010-Service-b", "002-Namespace-a", "placeholders"])
    writeFileSync(join(folder, `${name}.yaml`), `kind: ${name}\n`);
  mkdirSync(join(folder, "home"));
  expect(readManifests(folder).map(({ kind }) => kind)).toEqual(["002-Namespace-a", "010-Service-b"]);
  rmSync(folder, { recursive: true });
});

it.each([
  ["Deployment", (template: object) => ({ template })],
  ["Job", (template: object) => ({ template })],
  ["CronJob", (template: object) => ({ jobTemplate: { spec: { template } } })],
])("finds the pod of a %s, with its labels and in its namespace", (kind, spec) => {
  const containers = [{ name: "server" }];
  const template = { metadata: { labels: { app: "server" } }, spec: { containers } };
  expect(podsOf([object(kind, { spec: spec(template) })])).toEqual([
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "thing", namespace: "place", labels: { app: "server" } },
      spec: { containers },
    },
  ]);
});

it("finds a pod by itself, and none in objects without", () => {
  const pod = object("Pod", { spec: { containers: [{ name: "server" }] } });
  expect(podsOf([pod, object("Service", { spec: { ports: [] } })])).toEqual([pod]);
});
