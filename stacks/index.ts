import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { environment } from "./environment";
import { SettingsError } from "./fields";
import { forge } from "./forge";
import { checkNeighbours, environmentsOf } from "./neighbours";
import { requireNode } from "./node";
import { parseSettings } from "./settings";
import { loadTarget } from "./targets";

/** The program: what the stack's config asks for, by the target that it names; its result is the stack's outputs. */
async function main() {
  requireNode(process.version);
  const settings = parseSettings(pulumi.getStack(), pulumi.runtime.allConfig());
  // The folder of Pulumi.yaml and of every stack's file, with the CLI and with the embedded engine.
  const folder = join(__dirname, "..");
  checkNeighbours(settings, folder);
  const target = await loadTarget(settings);
  return settings.kind === "forge"
    ? forge(settings, target, environmentsOf(settings, folder))
    : environment(settings, target);
}

/** A wrong setting is the user's to mend: Pulumi shows a RunError as its message alone, any other with its stack. */
export = () =>
  main().catch((error: unknown) => {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  });
