import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { builtImages, type ImageName, platformImage } from "./images";
import { version } from "./package.json";
import type { EnvironmentSettings } from "./settings";

/** Where the first images go. */
export interface BuiltImagesArgs {
  /** Registry and path, such as `registry.example.com/ecluse`; or one that the same program makes. */
  readonly registry: string | pulumi.Output<string>;
  readonly tag: string;
  /** What must be there before: a push needs the way to a registry that the program makes. */
  readonly dependsOn?: pulumi.Resource[];
}

/**
 * Builds the platform's images with the operator's Docker and pushes them, where no pipeline can yet. The login is what `docker login`
 * left on the operator's machine: inputs of a provider would land in the state.
 */
export class BuiltImages extends pulumi.ComponentResource {
  /** References by digest. */
  readonly references: Readonly<Record<(typeof builtImages)[number], pulumi.Output<string>>>;

  /** @throws RunError for a registry without a host. */
  constructor(name: string, args: BuiltImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:index:BuiltImages", name, {}, opts);
    checkRegistry(args.registry);
    const provider = new docker.Provider(`${name}-docker`, {}, { parent: this });
    const options = { parent: this, provider, dependsOn: args.dependsOn };
    const references = builtImages.map(
      (image) => [image, build(`${name}-${image}`, image, args, options)] as const,
    );
    this.references = Object.fromEntries(references) as BuiltImages["references"];
    this.registerOutputs({ references: this.references });
  }
}

function checkRegistry(registry: BuiltImagesArgs["registry"]): void {
  if (typeof registry === "string" && !/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/.test(registry))
    throw new pulumi.RunError(
      `ecluse:cluster.imageRegistry is ${registry}: set it to a host and a path in lower case, such as registry.example.com/ecluse`,
    );
}

function build(
  name: string,
  image: string,
  { registry, tag }: BuiltImagesArgs,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const imageName = pulumi.interpolate`${registry}/${image}:${tag}`;
  // Relative to Pulumi.yaml: an absolute path would make a change of every checkout.
  const context = { context: ".", dockerfile: `images/${image}/Dockerfile`, platform: "linux/amd64" };
  // A preview must need no Docker.
  return new docker.Image(
    name,
    { imageName, build: context, buildOnPreview: false, skipPush: false },
    options,
  ).repoDigest;
}

/**
 * The reference of each image in a registry: of those that are built here where the settings ask for it, else of those that the pipeline
 * copied there.
 */
export function imagesOf(
  settings: EnvironmentSettings,
  registry: string | pulumi.Output<string>,
  { parent, dependsOn }: { readonly parent: pulumi.Resource; readonly dependsOn?: pulumi.Resource[] },
): (name: ImageName) => string | pulumi.Output<string> {
  const digests = settings.imageDigests ?? {};
  const recorded = (name: ImageName) => platformImage(settings, registry, name, digests);
  if (!settings.cluster?.buildImages) return recorded;
  const args = { registry, tag: version, ...(dependsOn && { dependsOn }) };
  const { references } = new BuiltImages(`${settings.environment}-images`, args, { parent });
  const built: Partial<Record<ImageName, pulumi.Output<string>>> = references;
  return (name) => built[name] ?? recorded(name);
}
