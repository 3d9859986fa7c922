import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { at } from "../../cluster/addresses";
import { listImages } from "../../cluster/images";
import { listed, manifestOf } from "../../cluster/registry";

interface Part {
  readonly digest: string;
  readonly size: number;
}

/** Writes a part of an image; gives where it is. */
function write(blobs: string, content: object): Part {
  const text = JSON.stringify(content);
  const hash = createHash("sha256").update(text).digest("hex");
  writeFileSync(join(blobs, hash), text);
  return { digest: `sha256:${hash}`, size: Buffer.byteLength(text) };
}

/** Copies the layout of an image, with another label: the same layers, and another digest, as a new version has. */
function relabelled(layout: string, target: string): string {
  const [from, to] = [join(layout, "blobs/sha256"), join(target, "blobs/sha256")];
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) symlinkSync(join(from, name), join(to, name));
  const read = ({ digest }: Part) =>
    JSON.parse(readFileSync(join(from, digest.replace("sha256:", "")), "utf8"));
  const entry = manifestOf(layout) as Part & { readonly mediaType: string };
  const manifest = read(entry);
  const config = read(manifest.config);
  const Labels = { ...config.config.Labels, "org.opencontainers.image.version": "next" };
  const made = write(to, { ...config, config: { ...config.config, Labels } });
  const next = write(to, { ...manifest, config: { ...manifest.config, ...made } });
  const index = { schemaVersion: 2, manifests: [{ ...entry, ...next }] };
  writeFileSync(join(target, "index.json"), JSON.stringify(index));
  return target;
}

/** Makes a next version of images pullable beside the present one, by the names of both: `serving`. */
export function listNextVersion(names: readonly string[]): void {
  const present = Object.entries(listed());
  for (const name of names) {
    const [, layout] = present.find(([image]) => image.startsWith(`${name}:`)) ?? [];
    if (!layout) throw new Error(`no image ${name} can be pulled`);
    listImages({ [`${name}:next`]: relabelled(layout, at("next", `${name}-${basename(layout)}`)) });
  }
}
