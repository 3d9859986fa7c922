import * as pulumi from "@pulumi/pulumi";
import type { ForgeSettings, Target } from "../components/contracts";
import { platformPath, projectPath } from "../components/naming";

/** Composes the forge: the platform's own project, and one for each use case. */
export function forge(settings: ForgeSettings, target: Target) {
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
