import { chmodSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { builtImages, mirroredImages } from "../../components/images";
import { type Checkout, copyCheckout } from "../graphs/checkout";

// What the command line and the local target run, and the policy pack.
const folders = "cli cluster local policies protocol python usecases".split(" ");
/** The packages that have a stand-in for a provider. */
export const clouds = ["azure-native", "docker", "gitlab", "kubernetes", "random", "tls"];

/**
 * A copy of the program for the CLI and the embedded engine alike: with the local target's own provider, and a
 * stand-in for that of each cloud, but where `real` has the folder of another. Production gets digests of images, which
 * only the platform's pipeline writes.
 */
export function cliProject(real: Readonly<Record<string, string>> = {}): Checkout {
  const checkout = copyCheckout(folders);
  // PostgreSQL does not run as root: its own user enters, too.
  chmodSync(checkout.projectDir, 0o755);
  const echo = clouds.map((name) => ({ name, path: real[name] ?? join(__dirname, "echo") }));
  const local = "    - name: ecluse-local\n      path: local/provider\n";
  checkout.edit("Pulumi.yaml", local, local + stringify(echo).replaceAll(/^(?=.)/gm, "    "));
  const digest = `sha256:${"0".repeat(64)}`;
  const digests = [...builtImages, ...Object.keys(mirroredImages)].map(
    (name) => [name, { repository: name, digest }] as const,
  );
  checkout.write("images/digests.yaml", stringify({ images: Object.fromEntries(digests) }));
  return checkout;
}
