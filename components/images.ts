import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { version } from "./package.json";
import type { Tier } from "./settings/choices";

/** Images that are built from `images/<name>/Dockerfile`. */
export const builtImages = ["mlflow", "serving", "monitor", "release", "python-base", "objects"] as const;

/** Images of others, which the pipeline copies to the environment's registry under their short name. */
export const mirroredImages = {
  "oauth2-proxy": { source: "quay.io/oauth2-proxy/oauth2-proxy", tag: "v7.15.6" },
  // Of its kinds `system` alone has Barman, which the operator's own backups need.
  postgresql: { source: "ghcr.io/cloudnative-pg/postgresql", tag: "17.11-system-trixie" },
  buildkit: { source: "docker.io/moby/buildkit", tag: "v0.26.2-rootless" },
  "gitlab-runner": { source: "registry.gitlab.com/gitlab-org/gitlab-runner", tag: "alpine-v19.3.0" },
  "gitlab-runner-helper": {
    source: "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper",
    tag: "x86_64-v19.3.0",
  },
} as const;

/** An image that a pod of the platform runs. */
export type ImageName = (typeof builtImages)[number] | keyof typeof mirroredImages;

/** What `images/digests.yaml` says of an image. */
export interface ImageDigest {
  readonly repository: string;
  readonly digest: string;
}

/** The entries of `images/digests.yaml` by image name. Throws for one that is no digest. */
export function readDigests(text: string): Readonly<Record<string, ImageDigest>> {
  const { images } = parse(text) as { images: Record<string, ImageDigest> };
  for (const [name, { repository, digest }] of Object.entries(images))
    if (!repository || !/^sha256:[0-9a-f]{64}$/.test(digest))
      throw new pulumi.RunError(
        `images/digests.yaml: images.${name} is ${repository}@${digest}: let the pipeline write a ` +
          "repository and sha256:<64 hex digits>",
      );
  return images;
}

/** Whether a name is that of an image of the platform. */
export const isImageName = (name: string): name is ImageName =>
  (builtImages as readonly string[]).includes(name) || name in mirroredImages;

/**
 * The reference of an image in a registry: by digest where the pipeline wrote one, else by tag.
 * @throws RunError for an update of production without a digest; its preview warns.
 */
export function platformImage<Registry extends string | pulumi.Output<string>>(
  settings: { readonly tier: Tier },
  registry: Registry,
  name: ImageName,
  known: Readonly<Record<string, ImageDigest>>,
): Registry {
  const mirrored = name in mirroredImages ? mirroredImages[name as keyof typeof mirroredImages] : undefined;
  const pinned = known[name];
  if (!pinned && settings.tier === "production") reportUnpinned(name);
  // The tag of a mirrored image stays beside the digest: CloudNativePG reads PostgreSQL's version from it.
  const tag = mirrored?.tag ?? (pinned ? undefined : version);
  const path = `${pinned?.repository ?? name}${tag ? `:${tag}` : ""}${pinned ? `@${pinned.digest}` : ""}`;
  return (
    typeof registry === "string" ? `${registry}/${path}` : pulumi.interpolate`${registry}/${path}`
  ) as Registry;
}

// An image that several pods run is reported once.
const warned = new Set<ImageName>();

function reportUnpinned(name: ImageName): void {
  const what =
    `images/digests.yaml has no digest for ${name}, which production needs: run the platform's pipeline, ` +
    "which writes it";
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(what);
  if (!warned.has(name)) void pulumi.log.warn(what);
  warned.add(name);
}
