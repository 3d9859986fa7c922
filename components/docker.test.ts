import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it } from "vitest";
import { BuiltImages, imageArgs } from "./docker";
import { builtImages } from "./images";
import { testSettings } from "./kubernetes/fixture";

// biome-ignore lint/suspicious/noExplicitAny: inputs of any resource, whose fields the tests name
const made: { type: string; inputs: any; provider?: string }[] = [];

beforeEach(() => {
  made.length = 0;
  return pulumi.runtime.setMocks({
    newResource: ({ type, inputs, name, provider }) => {
      made.push({ type, inputs, provider });
      return { id: name, state: { ...inputs, repoDigest: `${inputs.imageName}@sha256:0` } };
    },
    call: () => ({}),
  });
});

it("builds every image of the platform from its Dockerfile, and gives its digest", async () => {
  const { references: images } = new BuiltImages("dev-images", {
    registry: "registry.example.com/ecluse",
    tag: "1.2.3",
    sources: "platform",
  });
  expect(Object.keys(images)).toEqual([...builtImages]);
  expect(await new Promise((resolve) => images.mlflow.apply(resolve))).toBe(
    "registry.example.com/ecluse/mlflow:1.2.3@sha256:0",
  );
  await pulumi.runtime.disconnect();
  const [mlflow] = made.filter(({ inputs }) => inputs.imageName?.includes("/mlflow:"));
  expect(mlflow?.inputs.build).toEqual({
    context: "platform",
    dockerfile: "platform/images/mlflow/Dockerfile",
    platform: "linux/amd64",
  });
});

it("hands no login to the provider, whose inputs are kept in the state", async () => {
  new BuiltImages("dev-images", { registry: "registry.example.com/ecluse", tag: "1.2.3", sources: "." });
  await pulumi.runtime.disconnect();
  expect(made.flatMap(({ inputs }) => Object.keys(inputs))).not.toContain("registry");
  expect(made.find(({ type }) => type === "pulumi:providers:docker")?.inputs).not.toHaveProperty(
    "registryAuth",
  );
});

it.each(["https://registry.example.com", "Registry/Ecluse", ""])(
  "refuses %j as a registry",
  async (registry) => {
    expect(() => new BuiltImages("dev-images", { registry, tag: "1", sources: "." })).toThrow(
      /ecluse:cluster\.imageRegistry is .*set it to a host/,
    );
    await pulumi.runtime.disconnect();
    expect(made.map(({ type }) => type)).toEqual(["ecluse:index:BuiltImages"]);
  },
);

it("asks a program that builds images for the folder with their sources", () => {
  const settings = testSettings();
  const cluster = { ...settings.cluster, buildImages: true } as typeof settings.cluster;
  expect(() => imageArgs({ ...settings, cluster })).toThrow(
    "imageSources is not set: name the folder with images/<name>/Dockerfile",
  );
  expect(imageArgs({ ...settings, cluster, imageSources: "." })).toMatchObject({ sources: "." });
});
