import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "../local/once";
import { buildah, layoutsOf, prune, used } from "./imageCache";

/** An image to build: a Dockerfile as it is, its context, and what it is given. */
export interface ImageBuild {
  readonly name: string;
  readonly dockerfile: string;
  readonly context: string;
  /** What decides whether it must be built again: files of the context, by their path in it, and any texts. */
  readonly files?: readonly string[];
  readonly texts?: readonly string[];
  readonly ignoreFile?: string;
  readonly args?: Readonly<Record<string, string>>;
  /** What the steps of the build see of this machine, as `<path>:<path>:ro`; the image keeps none of it. */
  readonly volumes?: readonly string[];
  /** Files that its Dockerfile mounts as secrets, by their id. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The key of an image: two builds of one key would give the same. */
export function keyOf({ dockerfile, context, files = [], texts = [], args = {} }: ImageBuild): string {
  const hash = createHash("sha256").update(JSON.stringify([texts, args, files]));
  for (const file of [dockerfile, ...files.map((name) => join(context, name))]) {
    const content = readFileSync(file);
    hash.update(`${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

/** The name of a built image in buildah's store. */
export const localName = (build: ImageBuild) => `localhost/${build.name}:${keyOf(build)}`;

/** Whether buildah's store has an image. */
export const hasImage = (name: string) =>
  buildah(["images", "--quiet", name]).then(
    (found) => found.trim() !== "",
    () => false,
  );

/** Builds an image into buildah's store unless it is there; gives its name there. */
export async function buildLocal(build: ImageBuild): Promise<string> {
  const name = localName(build);
  if (await hasImage(name)) return name;
  process.stderr.write(`building image ${build.name}\n`);
  const began = Date.now();
  const args = Object.entries(build.args ?? {}).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
  const volumes = (build.volumes ?? []).flatMap((volume) => ["--volume", volume]);
  const secrets = Object.entries(build.secrets ?? {}).flatMap(([id, file]) => [
    "--secret",
    `id=${id},src=${file}`,
  ]);
  const ignore = build.ignoreFile ? ["--ignorefile", build.ignoreFile] : [];
  const how = [
    "--pull-never",
    "--isolation",
    "chroot",
    "--network",
    "host",
    // What comes before the code in a Dockerfile, such as its packages, is not made again for other code.
    "--layers",
    "--format",
    "oci",
  ];
  const words = [
    "bud",
    ...how,
    ...args,
    ...volumes,
    ...secrets,
    ...ignore,
    "--file",
    build.dockerfile,
    "--tag",
    name,
  ];
  await buildah([...words, build.context]);
  process.stderr.write(`image ${build.name}: ${Math.round((Date.now() - began) / 1000)} s\n`);
  return name;
}

/** The folder with the OCI layout of an image; built unless it is there from the same sources. */
export async function buildImage(build: ImageBuild): Promise<string> {
  const layout = await once(join(layoutsOf(build.name), keyOf(build)), async (unfinished) => {
    const name = await buildLocal(build);
    // An OCI layout is always compressed; this way takes half of the time of the default, and less room.
    const how = ["--quiet", "--compression-format", "zstd", "--compression-level", "1", "--format", "oci"];
    await buildah(["push", ...how, name, `oci:${unfinished}:image`]);
    await prune(build.name);
  });
  used(layout);
  return layout;
}
