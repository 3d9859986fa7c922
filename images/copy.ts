import { settingsOf } from "../cli/stacks";
import { azureNames } from "../components/azure/naming";
import { mirroredImages } from "../components/images";
import { recordedDigests } from "./recorded";
import { run } from "./run";

// Azure's registry takes a token under this name instead of a user's.
const TOKEN_USER = "00000000-0000-0000-0000-000000000000";

/** Where a stack's images are pulled from; logs in to it where it is the environment's own. */
function registryOf(stack: string): string {
  const settings = settingsOf(stack);
  const { cluster, azure, environment } = settings.kind === "environment" ? settings : {};
  if (cluster?.imageRegistry) return cluster.imageRegistry;
  if (!azure || !environment)
    throw new Error(`${stack} pulls no images: name a stack of Azure or of a cluster`);
  const name = azureNames(environment, azure.instance).registry;
  const token = run("az", [
    "acr",
    "login",
    "--name",
    name,
    "--expose-token",
    "--query",
    "accessToken",
    "--output",
    "tsv",
  ]);
  run("skopeo", ["login", "--username", TOKEN_USER, "--password-stdin", `${name}.azurecr.io`], token);
  return `${name}.azurecr.io`;
}

/** Copies every image of `digests.yaml` from the platform's registry to a stack's, byte for byte. */
function copy(stack: string, source: string): void {
  const target = registryOf(stack);
  const images = recordedDigests();
  for (const [name, { repository, digest }] of Object.entries(images)) {
    const mirrored = name in mirroredImages ? mirroredImages[name as keyof typeof mirroredImages] : undefined;
    const tag = mirrored?.tag ?? digest.slice("sha256:".length, "sha256:".length + 12);
    const to = `docker://${target}/${repository}:${tag}`;
    run("skopeo", ["copy", "--all", "--preserve-digests", `docker://${source}/${repository}@${digest}`, to]);
    console.log(`${name} ${digest} is at ${target}`);
  }
}

const [stack, source] = [process.argv[2], process.env.CI_REGISTRY_IMAGE];
if (!stack || !source)
  throw new Error("images/copy.ts: give the stack, and the platform's registry in CI_REGISTRY_IMAGE");
copy(stack, source);
