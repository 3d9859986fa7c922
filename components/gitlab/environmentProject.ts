import * as gitlab from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import { platformPathOf, projectPath, resourceNameOf } from "../naming";
import type { UseCaseSettings } from "../settings";
import { deploymentTier, mainBranch, scheduleVariables } from "./conventions";
import type { GitlabContext } from "./environmentContext";
import { hasProtection } from "./tiers";

/** What a use case's project is told of the environment. */
export interface ProjectSide {
  readonly useCase: UseCaseSettings;
  /** CI variables; none is secret, since jobs show tokens of their own. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** Where people reach what the project deploys. */
  readonly url: string;
}

/** The environment in a project of GitLab. In production, GitLab asks a maintainer before a job runs in it, where the tier can. */
function environmentOf(context: GitlabContext, name: string, project: string, externalUrl?: string): void {
  const { settings, gitlab: forge, production, options } = context;
  const environment = new gitlab.ProjectEnvironment(
    `${name}-environment`,
    {
      project,
      name: settings.environment,
      tier: deploymentTier(settings.tier),
      description: `Made by Pulumi stack ${settings.stack}`,
      // Nothing stops it by itself: what it stands for goes on.
      autoStopSetting: "with_action",
      // GitLab deletes none that is not stopped.
      stopBeforeDestroy: true,
      ...(externalUrl && { externalUrl }),
    },
    options,
  );
  if (!production || !hasProtection(forge, "protectedEnvironments")) return;
  new gitlab.ProjectProtectedEnvironment(
    `${name}-environment-protection`,
    {
      project,
      environment: environment.name,
      deployAccessLevelsAttributes: [{ accessLevel: "maintainer" }],
      approvalRules: [{ accessLevel: "maintainer", requiredApprovals: 1 }],
    },
    options,
  );
}

function variablesOf(context: GitlabContext, { useCase, variables }: ProjectSide): void {
  const { settings, gitlab: forge, production, options } = context;
  for (const [key, value] of Object.entries(variables))
    new gitlab.ProjectVariable(
      `${useCase.name}-${resourceNameOf(key)}`,
      {
        project: projectPath(useCase.name, forge.group),
        key,
        value,
        description: `Of ${settings.environment}, set by Pulumi stack ${settings.stack}`,
        environmentScope: settings.environment,
        protected: production,
        masked: false,
        hidden: false,
        raw: true,
        variableType: "env_var",
      },
      options,
    );
}

/** A pipeline of the protected branch at its times, which runs the jobs of one task alone. */
function schedule(context: GitlabContext, useCase: string, task: "monitor" | "retrain", cron: string): void {
  const { settings, gitlab: forge, options } = context;
  const project = projectPath(useCase, forge.group);
  const name = `${useCase}-${task}-schedule`;
  const made = new gitlab.PipelineSchedule(
    name,
    {
      project,
      description: `${task} of ${settings.environment}`,
      ref: `refs/heads/${mainBranch}`,
      cron,
      cronTimezone: "UTC",
      active: true,
      // Of the account that runs Pulumi, a service account: a person's schedules stop when the person leaves.
      takeOwnership: true,
    },
    options,
  );
  const values = { [scheduleVariables.task]: task, [scheduleVariables.environment]: settings.environment };
  for (const [key, value] of Object.entries(values))
    new gitlab.PipelineScheduleVariable(
      `${name}-${resourceNameOf(key)}`,
      { project, pipelineScheduleId: made.pipelineScheduleId, key, value, variableType: "env_var" },
      options,
    );
}

/** The environment in the platform's project, where releases are made. */
export const platformSide = (context: GitlabContext): void =>
  environmentOf(context, "platform", platformPathOf(context.gitlab.group));

/** All that a use case's project has of this environment: the environment itself, its variables and, in production, what starts by itself. */
export function projectSide(context: GitlabContext, side: ProjectSide): void {
  const { settings, gitlab: forge, production } = context;
  const { name } = side.useCase;
  environmentOf(context, name, projectPath(name, forge.group), side.url);
  variablesOf(context, side);
  if (!production) return;
  schedule(context, name, "monitor", settings.monitorCron);
  if (settings.retrainCron) schedule(context, name, "retrain", settings.retrainCron);
}
