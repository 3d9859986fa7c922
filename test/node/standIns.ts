import { join } from "node:path";
import { makeBases } from "../../cluster/bases";
import { listImages } from "../../cluster/images";
import { mirroredImages } from "../../components/images";

const folder = join(__dirname, "standIns");

/** Makes stand-ins pullable under the names of the images that are in no registry here. */
export async function listStandIns(): Promise<void> {
  const { DEBIAN } = await makeBases();
  const build = {
    name: "stand-in",
    dockerfile: join(folder, "Dockerfile"),
    context: folder,
    files: ["server.py"],
    args: { DEBIAN },
  };
  const names = ["oauth2-proxy", "gitlab-runner", "gitlab-runner-helper", "buildkit"] as const;
  await listImages(names.map((name) => ({ image: `${name}:${mirroredImages[name].tag}`, build })));
}
