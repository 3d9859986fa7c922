import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { resourceNameOf } from "../naming";
import type { Tier } from "../settings";
import { deploymentTier, mainBranch, rolloutCron, scheduleVariables } from "./conventions";
import { hasProtection, type Subscription } from "./tiers";

/** What a scheduled pipeline runs. */
type Task = "monitor" | "retrain" | "asked";

/** What an environment in a project of GitLab is made from. */
export interface ProjectEnvironmentArgs {
  readonly environment: string;
  readonly tier: Tier;
  /** Name of the Pulumi stack, for readers. */
  readonly stack: string;
  readonly gitlab: Subscription;
  /** Full path or number of the project. */
  readonly project: pulumi.Input<string>;
  /** CI variables of its jobs in the environment; none is secret, since jobs show tokens of their own. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** When pipelines start by themselves: five-field crons in UTC. */
  readonly schedules: Readonly<Partial<Record<Task, string>>>;
  /** Use cases whose challengers are decided on at the times of `rolloutCron`: of the platform's own project. */
  readonly rollouts?: readonly string[];
  /** Where people reach what the project deploys. */
  readonly url?: string;
}

/** An environment in a project of GitLab: its protection, its CI variables, and its scheduled pipelines. */
export class ProjectEnvironment extends pulumi.ComponentResource {
  constructor(name: string, args: ProjectEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:gitlab:ProjectEnvironment", name, {}, opts);
    const { tier, gitlab: forge, project } = args;
    const options = { parent: this };
    const made = new gitlab.ProjectEnvironment(name, environmentInputs(args), options);
    if (tier === "production" && hasProtection(forge, "protectedEnvironments"))
      protect(name, { project, environment: made.name }, options);
    for (const [key, value] of Object.entries(args.variables))
      new gitlab.ProjectVariable(
        `${name}-${resourceNameOf(key)}`,
        { ...variableInputs(args), key, value },
        options,
      );
    for (const [task, cron] of Object.entries(args.schedules))
      makeSchedule(`${name}-${task}`, { ...args, task, cron }, options);
    for (const useCase of args.rollouts ?? [])
      makeSchedule(
        `${name}-${useCase}-rollout`,
        { ...args, task: "rollout", cron: rolloutCron, useCase },
        options,
      );
    this.registerOutputs({});
  }
}

const environmentInputs = (args: ProjectEnvironmentArgs): gitlab.ProjectEnvironmentArgs => ({
  project: args.project,
  name: args.environment,
  tier: deploymentTier(args.tier),
  description: `Made by Pulumi stack ${args.stack}`,
  // Nothing stops it by itself: what it stands for goes on.
  autoStopSetting: "with_action",
  // GitLab deletes none that is not stopped.
  stopBeforeDestroy: true,
  ...(args.url && { externalUrl: args.url }),
});

interface ProtectionArgs extends Pick<ProjectEnvironmentArgs, "project"> {
  readonly environment: pulumi.Output<string>;
}

/** GitLab asks a maintainer before a job runs in the environment. */
function protect(name: string, args: ProtectionArgs, options: pulumi.ResourceOptions): void {
  new gitlab.ProjectProtectedEnvironment(
    `${name}-protection`,
    {
      ...args,
      deployAccessLevelsAttributes: [{ accessLevel: "maintainer" }],
      approvalRules: [{ accessLevel: "maintainer", requiredApprovals: 1 }],
    },
    options,
  );
}

const variableInputs = ({ project, environment, stack, tier }: ProjectEnvironmentArgs) => ({
  project,
  description: `Of ${environment}, set by Pulumi stack ${stack}`,
  environmentScope: environment,
  protected: tier === "production",
  masked: false,
  hidden: false,
  raw: true,
  variableType: "env_var",
});

interface ScheduleArgs extends Pick<ProjectEnvironmentArgs, "project" | "environment"> {
  readonly task: string;
  readonly cron: string;
  readonly useCase?: string;
}

/** A pipeline of the protected branch at its times, which runs the jobs of one task alone. */
function makeSchedule(name: string, args: ScheduleArgs, options: pulumi.ResourceOptions): void {
  const { project, environment, task, cron, useCase } = args;
  const schedule = new gitlab.PipelineSchedule(
    name,
    {
      project,
      description: [task, ...(useCase ? [`of ${useCase} in`] : ["of"]), environment].join(" "),
      ref: `refs/heads/${mainBranch}`,
      cron,
      cronTimezone: "UTC",
      active: true,
      // Of the account that runs Pulumi, a service account: a person's schedules stop when the person leaves.
      takeOwnership: true,
    },
    options,
  );
  const { pipelineScheduleId } = schedule;
  const values = {
    [scheduleVariables.task]: task,
    [scheduleVariables.environment]: environment,
    ...(useCase && { [scheduleVariables.useCase]: useCase }),
  };
  for (const [key, value] of Object.entries(values))
    new gitlab.PipelineScheduleVariable(
      `${name}-${resourceNameOf(key)}`,
      { project, pipelineScheduleId, key, value, variableType: "env_var" },
      options,
    );
}
