import * as gitlab from "@pulumi/gitlab";
import type { ProjectPart } from "./forgeContext";

/** The labels that the drift monitor finds and marks its issues by (`python/ecluse_monitor/issues.py`). */
const monitorLabels = [
  {
    label: "ecluse-monitor",
    color: "#d9534f",
    description: "Found by the drift monitor, which keeps it up to date",
  },
  { label: "demonstration", color: "#6699cc", description: "Of made-up traffic; nothing is wrong" },
] as const;

/** Makes the labels of a use case's issues: the monitor's, and one for each environment. */
export function issueLabels(part: ProjectPart, environments: readonly string[]): void {
  const { context, name, project } = part;
  const ofEnvironments = environments.map((environment) => ({
    label: environment,
    color: "#428bca",
    description: `Concerns ${environment}`,
  }));
  for (const { label, color, description } of [...monitorLabels, ...ofEnvironments])
    new gitlab.ProjectLabel(
      `${name}-label-${label}`,
      { project, name: label, color, description },
      context.options,
    );
}
