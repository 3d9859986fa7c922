import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { builtImages, mirroredImages, platformImage, readDigests } from "./images";
import { version } from "./package.json";

const registry = "registry.example.com/ecluse";
const digest = `sha256:${"a".repeat(64)}`;
const pinned = { mlflow: { repository: "mlflow", digest }, postgresql: { repository: "postgresql", digest } };
const mocks: pulumi.runtime.Mocks = {
  newResource: ({ name }) => ({ id: name, state: {} }),
  call: () => ({}),
};

/** Runs as in a preview or an update. */
async function running<T>(preview: boolean, body: () => T): Promise<T> {
  await pulumi.runtime.setMocks(mocks, "ecluse", "test", preview);
  return body();
}

afterEach(() => pulumi.runtime.setMocks(mocks));

describe("platformImage", () => {
  it.each([
    ["mlflow", `${registry}/mlflow@${digest}`],
    // CloudNativePG reads the version of PostgreSQL from the tag.
    ["postgresql", `${registry}/postgresql:${mirroredImages.postgresql.tag}@${digest}`],
  ] as const)("refers to %s by its digest", (name, reference) => {
    expect(platformImage({ tier: "production" }, registry, name, pinned)).toBe(reference);
  });

  it.each([
    ["serving", `${registry}/serving:${version}`],
    ["gitlab-runner", `${registry}/gitlab-runner:${mirroredImages["gitlab-runner"].tag}`],
  ] as const)("refers to %s by its tag where the pipeline wrote none", (name, reference) => {
    expect(platformImage({ tier: "development" }, registry, name, pinned)).toBe(reference);
  });

  it("keeps a registry that is known later an Output", async () => {
    const image = platformImage({ tier: "production" }, pulumi.output(registry), "mlflow", pinned);
    expect(await new Promise((resolve) => image.apply(resolve))).toBe(`${registry}/mlflow@${digest}`);
  });

  it("refuses an update of production without a digest", async () => {
    const update = () => platformImage({ tier: "production" }, registry, "serving", pinned);
    await expect(running(false, update)).rejects.toThrow(/images\/digests\.yaml has no digest for serving/);
  });

  it("previews production without a digest", async () => {
    const preview = () => platformImage({ tier: "production" }, registry, "serving", pinned);
    expect(await running(true, preview)).toBe(`${registry}/serving:${version}`);
  });

  it.each([...builtImages, ...(Object.keys(mirroredImages) as (keyof typeof mirroredImages)[])])(
    "names %s without a floating tag",
    (name) => {
      expect(platformImage({ tier: "development" }, registry, name, {})).toMatch(
        /:[a-z0-9._-]*\d+\.\d+(\.\d+)?(-rootless|-system-trixie)?$/,
      );
    },
  );
});

describe("readDigests", () => {
  it("reads what the pipeline wrote", () => {
    expect(readDigests(`images: {mlflow: {repository: mlflow, digest: "${digest}"}}`)).toEqual({
      mlflow: pinned.mlflow,
    });
  });

  it.each(["latest", "sha256:abc", ""])("refuses %j as a digest", (wrong) => {
    expect(() => readDigests(`images: {mlflow: {repository: mlflow, digest: "${wrong}"}}`)).toThrow(
      /images\.mlflow is mlflow@.*let the pipeline write/,
    );
  });
});
