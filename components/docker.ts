import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { builtImages } from "./images";

/** Where the first images go. */
export interface FirstImagesArgs {
  /** Registry and path, such as `registry.example.com/ecluse`. */
  readonly registry: string;
  readonly tag: string;
}

/**
 * Builds the platform's images with the operator's Docker and pushes them, where no pipeline can yet; their references by digest. The
 * login is what `docker login` left on the operator's machine: inputs of a provider would land in the state.
 * @throws RunError for a registry without a host.
 */
export function firstImages({ registry, tag }: FirstImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
  if (!/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/.test(registry))
    throw new pulumi.RunError(
      `ecluse:cluster.imageRegistry is ${registry}: set it to a host and a path in lower case, such as registry.example.com/ecluse`,
    );
  const provider = new docker.Provider("docker", {}, { parent: opts.parent });
  const build = (name: string) =>
    new docker.Image(
      `image-${name}`,
      {
        imageName: `${registry}/${name}:${tag}`,
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
