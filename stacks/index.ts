import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { environment } from "./environment";
import { forge } from "./forge";
import { checkNeighbours, environmentsOf } from "./neighbours";
import { requireNode } from "./node";
import { parseSettings } from "./settings";
import { loadTarget } from "./targets";

/** Whether a value of the config is encrypted in the stack's file; of Pulumi's runtime, and not among its types. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** The program: what the stack's config asks for, by the target that it names; its result is the stack's outputs. */
async function main() {
  requireNode(process.version);
  const settings = parseSettings(pulumi.getStack(), pulumi.runtime.allConfig(), isConfigSecret);
  // The folder of Pulumi.yaml and of every stack's file, with the CLI and with the embedded engine.
  const folder = join(__dirname, "..");
  checkNeighbours(settings, folder);
  const target = await loadTarget(settings);
  return settings.kind === "forge"
    ? forge(settings, target, environmentsOf(settings, folder))
    : environment(settings, target);
}

export = main;
