import * as gitlab from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import type { ProjectPart } from "./forgeContext";

/** Whose jobs reach a project by their token, beside its own. */
export interface Callers {
  readonly projects?: readonly pulumi.Output<string>[];
  readonly groups?: readonly pulumi.Output<string>[];
}

/** Lets the jobs of the named projects and groups reach this one, and of no other. */
export function limitJobTokens(part: ProjectPart, { projects = [], groups = [] }: Callers): void {
  const { context, name, project } = part;
  new gitlab.ProjectJobTokenScopes(
    `${name}-job-tokens`,
    {
      project,
      enabled: true,
      targetProjectIds: projects.map((id) => id.apply(Number)),
      targetGroupIds: groups.map((id) => id.apply(Number)),
    },
    context.options,
  );
}
