import { globSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildOnPython, listImages } from "../../../cluster/images";
import { manifestOf } from "../../../cluster/registry";
import { buildKit } from "../../../local/forge/kit";
import { projectRoot, uvBinary } from "../../../local/home";

/** Where the steps of a build find the kit's wheel, which a pipeline gets at the platform's project. */
const wheelsFolder = "/wheels";

/** Files that the image of a use case is made of. */
const sources = ["requirements.lock", "pyproject.toml", "monitor.yaml", "src/**/*"];

/**
 * Stands in for BuildKit: builds the Dockerfile of a checkout as the job `build-image` does, and makes the image
 * pullable under `<name>:<commit>`; gives its digest.
 */
export async function buildCommit(checkout: string, name: string, commit: string): Promise<string> {
  const scratch = mkdtempSync(join(tmpdir(), "ecluse-build-"));
  try {
    const wheels = join(scratch, "wheels");
    mkdirSync(wheels);
    await buildKit({ uv: uvBinary, root: projectRoot }, wheels);
    const page = join(scratch, "find-links");
    writeFileSync(page, wheelsFolder);
    const layout = await buildOnPython({
      name,
      dockerfile: join(checkout, "Dockerfile"),
      context: checkout,
      files: globSync(sources, { cwd: checkout })
        .filter((file) => !file.includes("__pycache__") && statSync(join(checkout, file)).isFile())
        .sort(),
      args: { ECLUSE_BUILT_FROM: commit },
      volumes: [`${wheels}:${wheelsFolder}:ro`],
      secrets: { "find-links": page },
    });
    listImages({ [`${name}:${commit}`]: layout });
    return manifestOf(layout).digest;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
