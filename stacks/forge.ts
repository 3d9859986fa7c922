import * as pulumi from "@pulumi/pulumi";
import type { Target } from "../components/contracts";
import { platformPathOf, projectPath } from "../components/naming";
import type { ForgeSettings } from "../components/settings";
import { SettingsError } from "./fields";

/** Composes the forge: the platform's own project, and one for each use case; `environments` are those that it serves. */
export function forge(settings: ForgeSettings, target: Target, environments: readonly string[]) {
  if (!target.forge)
    throw new SettingsError("ecluse:target", settings.target, "makes no forge: set it to gitlab or local");
  const parts = target.forge(settings, environments);
  const group = settings.gitlab?.group;
  const platform = platformPathOf(group);
  const rows = [
    [platform, parts.project(platform, "platform").id] as const,
    ...settings.useCases.map(({ name }) => {
      const path = projectPath(name, group);
      return [path, parts.project(path, name).id] as const;
    }),
  ];
  return { url: parts.url(), projectIds: pulumi.all(Object.fromEntries(rows)), ...parts.outputs };
}
