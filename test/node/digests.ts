import { stringify } from "yaml";
import { listed, manifestOf } from "../../cluster/registry";
import { isImageName } from "../../components/images";

/** What the pipeline writes into `images/digests.yaml`, of the images that the cluster can pull. */
export function digestsFile(): string {
  const images = Object.entries(listed()).flatMap(([image, layout]) => {
    const repository = image.split(":")[0] ?? "";
    return isImageName(repository) ? [[repository, { repository, digest: manifestOf(layout).digest }]] : [];
  });
  return stringify({ images: Object.fromEntries(images) });
}
