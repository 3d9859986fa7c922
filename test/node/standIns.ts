import { join } from "node:path";
import { makeBases } from "../../cluster/bases";
import { buildImages } from "../../cluster/images";
import type { Catalogue } from "../../cluster/registry";
import { mirroredImages } from "../../components/images";

const folder = join(__dirname, "standIns");

/** Builds stand-ins under the names of the images that are in no registry here. */
export async function buildStandIns(): Promise<Catalogue> {
  const { DEBIAN } = await makeBases();
  const build = {
    name: "stand-in",
    dockerfile: join(folder, "Dockerfile"),
    context: folder,
    files: ["server.py", "helper.py"],
    args: { DEBIAN },
  };
  const names = ["gitlab-runner", "gitlab-runner-helper", "buildkit"] as const;
  return buildImages(names.map((name) => ({ image: `${name}:${mirroredImages[name].tag}`, build })));
}
