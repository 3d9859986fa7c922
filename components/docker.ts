import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { InputError } from "./errors";
import { builtImages, type ImageDigest, type ImageName, platformImage } from "./images";
import { version } from "./package.json";
import type { EnvironmentSettings, Tier } from "./settings";

/** Where the first images go. */
export interface BuiltImagesArgs {
  /** Registry and path, such as `registry.example.com/ecluse`; or one that the same program makes. */
  readonly registry: string | pulumi.Output<string>;
  readonly tag: string;
  /**
   * Folder with `images/<name>/Dockerfile`, relative to Pulumi.yaml: an absolute one would differ in every checkout.
   */
  readonly sources: string;
  /** What must be there before: a push needs the way to a registry that the program makes. */
  readonly dependsOn?: pulumi.Resource[];
}

/**
 * Builds the platform's images with the operator's Docker and pushes them, where no pipeline can yet. The login is
 * what `docker login` left on the operator's machine: inputs of a provider would land in the state.
 */
export class BuiltImages extends pulumi.ComponentResource {
  /** References by digest. */
  readonly references: Readonly<Record<(typeof builtImages)[number], pulumi.Output<string>>>;

  /** @throws InputError for a registry without a host. */
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
    throw new InputError(
      "ecluse:cluster.imageRegistry",
      registry,
      "set it to a host and a path in lower case, such as registry.example.com/ecluse",
    );
}

function build(
  name: string,
  image: string,
  { registry, tag, sources }: BuiltImagesArgs,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const imageName = pulumi.interpolate`${registry}/${image}:${tag}`;
  const dockerfile = join(sources, "images", image, "Dockerfile");
  const context = { context: sources, dockerfile, platform: "linux/amd64" };
  // A preview must need no Docker.
  return new docker.Image(
    name,
    { imageName, build: context, buildOnPreview: false, skipPush: false },
    options,
  ).repoDigest;
}

/** What the references of an environment's images follow from. */
export interface ImagesArgs extends Pick<BuiltImagesArgs, "registry" | "dependsOn"> {
  readonly environment: string;
  readonly tier: Tier;
  /** Of the images that the pipeline pushed. */
  readonly digests: Readonly<Record<string, ImageDigest>>;
  /** Folder to build the first images from; undefined where a pipeline pushed them. */
  readonly sources?: string;
}

/**
 * Arguments of {@link imagesOf}, but for the registry.
 * @throws InputError where images are to be built and no folder is named.
 */
export function imageArgs(settings: EnvironmentSettings): Omit<ImagesArgs, "registry" | "dependsOn"> {
  const { environment, tier, imageDigests: digests = {}, imageSources: sources, cluster } = settings;
  if (!cluster?.buildImages) return { environment, tier, digests };
  if (sources === undefined)
    throw new InputError("imageSources", sources, "name the folder with images/<name>/Dockerfile");
  return { environment, tier, digests, sources };
}

/** The reference of each image in a registry: of those built here, else of those that the pipeline copied there. */
export function imagesOf(
  { environment, tier, registry, digests, sources, dependsOn }: ImagesArgs,
  parent: pulumi.Resource,
): (name: ImageName) => string | pulumi.Output<string> {
  const recorded = (name: ImageName) => platformImage({ tier }, registry, name, digests);
  if (sources === undefined) return recorded;
  const args = { registry, tag: version, sources, ...(dependsOn && { dependsOn }) };
  const { references } = new BuiltImages(`${environment}-images`, args, { parent });
  const built: Partial<Record<ImageName, pulumi.Output<string>>> = references;
  return (name) => built[name] ?? recorded(name);
}
