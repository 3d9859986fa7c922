import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";
import { builtImages, type ImageDigest, isImageName, mirroredImages } from "../components/images";

const file = join(__dirname, "digests.yaml");

/**
 * The digest in what BuildKit (`<name>.json`, its metadata file) or skopeo (`<name>.digest`) wrote. Throws when there
 * is none.
 */
export function digestIn(name: string, text: string): string {
  const found = name.endsWith(".json")
    ? (JSON.parse(text) as Record<string, unknown>)["containerimage.digest"]
    : text.trim();
  if (typeof found === "string" && /^sha256:[0-9a-f]{64}$/.test(found)) return found;
  throw new Error(`${name} holds no digest but ${JSON.stringify(found)}: run the image's job again`);
}

/** The text of `digests.yaml` with the digests of a folder; images of which the folder has none keep theirs. */
export function recorded(text: string, folder: string): string {
  const document = parseDocument(text);
  for (const entry of readdirSync(folder).filter((name) => /\.(json|digest)$/.test(name))) {
    const name = basename(entry).replace(/\.(json|digest)$/, "");
    // The pipeline's own image: no environment runs it.
    if (name === "deployer") continue;
    if (!isImageName(name))
      throw new Error(
        `${entry} is of no image of the platform: one of ` +
          `${[...builtImages, ...Object.keys(mirroredImages)].join(", ")}`,
      );
    const value: ImageDigest = {
      repository: name,
      digest: digestIn(entry, readFileSync(join(folder, entry), "utf8")),
    };
    document.setIn(["images", name], document.createNode(value, { flow: true }));
  }
  return document.toString({ lineWidth: 0 });
}

if (require.main === module) {
  const folder = process.argv[2];
  if (!folder) throw new Error("images/digests.ts: give the folder with what the image jobs wrote");
  writeFileSync(file, recorded(readFileSync(file, "utf8"), folder));
}
