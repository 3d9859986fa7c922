import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { mirroredImages } from "../components/images";
import { run } from "./run";

/** Copies the images of others to the platform's registry, byte for byte, and leaves their digests in a folder. */
function mirror(registry: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, { source, tag }] of Object.entries(mirroredImages)) {
    const digestFile = join(folder, `${name}.digest`);
    const from = `docker://${source}:${tag}`;
    run("skopeo", ["copy", "--all", "--digestfile", digestFile, from, `docker://${registry}/${name}:${tag}`]);
  }
}

const [folder, registry] = [process.argv[2], process.env.CI_REGISTRY_IMAGE];
if (!folder || !registry)
  throw new Error("images/mirror.ts: give a folder, and the platform's registry in CI_REGISTRY_IMAGE");
mirror(registry, folder);
