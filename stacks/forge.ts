import * as pulumi from "@pulumi/pulumi";
import type { Target } from "../components/contracts";
import { platformPath, projectPath } from "../components/naming";
import type { ForgeSettings } from "../components/settings";
import { SettingsError } from "./fields";

/** Composes the forge: the platform's own project, and one for each use case. */
export function forge(settings: ForgeSettings, target: Target) {
  if (!target.forge)
    throw new SettingsError(
      "ecluse:target",
      settings.target,
      "only the local target makes a forge: set it to local",
    );
  const parts = target.forge(settings);
  const platform = parts.project(platformPath, "platform");
  const useCases = settings.useCases.map(
    ({ name }) => [projectPath(name), parts.project(projectPath(name), name).id] as const,
  );
  return {
    url: parts.url(),
    projectIds: pulumi.all({ [platformPath]: platform.id, ...Object.fromEntries(useCases) }),
  };
}
