import { readFileSync } from "node:fs";
import { join } from "node:path";
import { goTools, moduleLine } from "../../cluster/goBuild";
import { projectRoot } from "../../local/home";

/** The release of the Pulumi CLI that is built: `3.259.0`. */
export const cliVersion = moduleLine(__dirname, /\sgithub\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/);

/** The release of the CLI that `npx pulumi` brings to a user of this checkout. */
export const npxVersion = (
  JSON.parse(readFileSync(join(projectRoot, "node_modules/pulumi/package.json"), "utf8")) as {
    version: string;
  }
).version;

/** The path of the Pulumi CLI, built from source once. */
export async function build(): Promise<string> {
  const ldflags = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${cliVersion}`;
  const folder = await goTools({ folder: __dirname, title: `the Pulumi CLI ${cliVersion}`, ldflags });
  return join(folder, "pulumi");
}
