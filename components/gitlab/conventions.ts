import type { EnvironmentSettings, Tier } from "../settings";

/** Tags by which jobs ask for an environment's runners; `templates/` has the same words. */
export const runnerTags = {
  /** Of a use case's jobs. */
  jobs: (environment: string) => `ecluse-${environment}`,
  /** Of the platform's jobs that release. */
  release: (environment: string) => `ecluse-release-${environment}`,
  /** Of jobs that build images, of any project. */
  build: "ecluse-build",
};

/** Variables of a scheduled pipeline that say what it is for; `templates/` asks for the same. */
export const scheduleVariables = {
  task: "ECLUSE_TASK",
  environment: "ECLUSE_ENVIRONMENT",
  useCase: "ECLUSE_USE_CASE",
} as const;

/** When a project asks whether the monitor wants a training: each hour, at a minute that others seldom take. */
const askedCron = "47 * * * *";

/** When the platform's project decides on challengers: no stage is shorter than minutes. */
export const rolloutCron = "*/10 * * * *";

/** The pipelines that start by themselves in production, and when. */
export const schedulesOf = ({
  monitorCron,
  monitorRetrains,
  retrainCron,
}: Pick<EnvironmentSettings, "monitorCron" | "monitorRetrains" | "retrainCron">) => ({
  monitor: monitorCron,
  ...(monitorRetrains && { asked: askedCron }),
  ...(retrainCron && { retrain: retrainCron }),
});

/** What GitLab calls a tier. */
export const deploymentTier = (tier: Tier) => (tier === "integration" ? "testing" : tier);

/** A token that lives so many days, and that an `up` in the last third of them renews. */
export const rotation = (days: number) => ({ expirationDays: days, rotateBeforeDays: Math.ceil(days / 3) });

/** The branch that production trusts. */
export const mainBranch = "main";

/** The last part of a full path, by which GitLab knows a group or a project within its parent. */
export const slugOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
