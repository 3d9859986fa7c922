import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { version } from "../package.json";
import { builtImages, type ImageName, platformImage } from "./images";
import type { EnvironmentSettings } from "./settings";

/** Where the first images go. */
export interface FirstImagesArgs {
  /** Registry and path, such as `registry.example.com/ecluse`; or one that the same program makes. */
  readonly registry: string | pulumi.Output<string>;
  readonly tag: string;
}

/**
 * Builds the platform's images with the operator's Docker and pushes them, where no pipeline can yet; their references by digest. The
 * login is what `docker login` left on the operator's machine: inputs of a provider would land in the state.
 * @throws RunError for a registry without a host.
 */
export function firstImages({ registry, tag }: FirstImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
  if (typeof registry === "string" && !/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/.test(registry))
    throw new pulumi.RunError(
      `ecluse:cluster.imageRegistry is ${registry}: set it to a host and a path in lower case, such as registry.example.com/ecluse`,
    );
  const provider = new docker.Provider("docker", {}, { parent: opts.parent });
  const build = (name: string) =>
    new docker.Image(
      `image-${name}`,
      {
        imageName: pulumi.interpolate`${registry}/${name}:${tag}`,
        // Relative to Pulumi.yaml: an absolute path would make a change of every checkout.
        build: { context: ".", dockerfile: `images/${name}/Dockerfile`, platform: "linux/amd64" },
        // A preview must need no Docker.
        buildOnPreview: false,
        skipPush: false,
      },
      { ...opts, provider },
    );
  return Object.fromEntries(builtImages.map((name) => [name, build(name).repoDigest])) as Readonly<
    Record<(typeof builtImages)[number], pulumi.Output<string>>
  >;
}

/**
 * The reference of each image in a registry: of those that are built here where the settings ask for it, else of those that the pipeline
 * copied there.
 */
export function imagesOf(
  settings: EnvironmentSettings,
  registry: string | pulumi.Output<string>,
  opts: pulumi.ComponentResourceOptions = {},
): (name: ImageName) => string | pulumi.Output<string> {
  const built: Partial<Record<ImageName, pulumi.Output<string>>> = settings.cluster?.buildImages
    ? firstImages({ registry, tag: version }, opts)
    : {};
  return (name) => built[name] ?? platformImage(settings, registry, name);
}
