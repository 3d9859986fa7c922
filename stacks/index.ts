import * as pulumi from "@pulumi/pulumi";
import { environment } from "./environment";
import { forge } from "./forge";
import { parseSettings } from "./settings";
import { loadTarget } from "./targets";

/** The program: what the stack's config asks for, by the target that it names; its result is the stack's outputs. */
async function main() {
  const settings = parseSettings(pulumi.getStack(), pulumi.runtime.allConfig());
  const target = await loadTarget(settings.target);
  return settings.kind === "forge" ? forge(settings, target) : environment(settings, target);
}

export = main;
