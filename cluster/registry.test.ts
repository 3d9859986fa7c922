import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registryServer } from "./registry";

const [manifest, layer] = ["a", "b"].map((digit) => digit.repeat(64)) as [string, string];
const mediaType = "application/vnd.oci.image.manifest.v1+json";
const folder = mkdtempSync(join(tmpdir(), "ecluse-registry-"));
const server = registryServer(() => ({ "mlflow:1.0": folder }));
let base: string;

beforeAll(async () => {
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  writeFileSync(join(folder, "blobs/sha256", manifest), "a manifest");
  writeFileSync(join(folder, "blobs/sha256", layer), "a layer");
  writeFileSync(
    join(folder, "index.json"),
    JSON.stringify({ manifests: [{ digest: `sha256:${manifest}`, mediaType }] }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it.each([
  ["manifests/1.0", "a manifest", mediaType],
  [`manifests/sha256:${manifest}`, "a manifest", mediaType],
  [`blobs/sha256:${layer}`, "a layer", "application/octet-stream"],
])("gives %s, whatever registry and path the image's name begins with", async (part, text, type) => {
  for (const path of ["mlflow", "team/ecluse/mlflow"]) {
    const answer = await fetch(`${base}/v2/${path}/${part}?ns=registry.example.com`);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      type,
      text,
    ]);
  }
});

it("answers HEAD with the digest and the size, and nothing else", async () => {
  const answer = await fetch(`${base}/v2/mlflow/manifests/1.0`, { method: "HEAD" });
  expect(answer.headers.get("docker-content-digest")).toBe(`sha256:${manifest}`);
  expect(answer.headers.get("content-length")).toBe("10");
  expect(await answer.text()).toBe("");
});

it.each([
  ["GET", "/v2/mlflow/manifests/2.0"],
  ["GET", `/v2/mlflow/manifests/sha256:${layer}`],
  ["GET", `/v2/serving/blobs/sha256:${layer}`],
  ["GET", "/v2/mlflow/blobs/..%2f..%2findex.json"],
  ["GET", "/v2/mlflow/blobs/sha256:.."],
  ["PUT", "/v2/mlflow/manifests/1.0"],
  ["DELETE", "/v2/mlflow/manifests/1.0"],
  ["GET", "/"],
])("refuses %s %s", async (method, path) => {
  expect((await fetch(base + path, { method })).status).toBe(404);
});
