import type { ProfileName, UseCaseSettings } from "../settings";
import type { Size } from "./pod";
import { databaseSizes } from "./postgresqlSpec";

type TrainingSettings = UseCaseSettings["training"];

/** The most that the pods of a namespace take together; memory in GiB. */
export interface Quota {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
  readonly gpus?: number;
  readonly volumes?: number;
}

/** What a runner itself takes. */
export const runnerSize: Size = { cpu: "50m", memory: "256Mi", tmp: "64Mi" };

/** What a training takes that is too large for a runner's job. */
export const trainingSize = ({ cpu, memoryGb, gpu }: TrainingSettings): Size => ({
  cpu: String(cpu),
  memory: `${memoryGb}Gi`,
  tmp: "20Gi",
  gpu,
});

/** What puts the log of predictions together. */
export const compactionSize: Size = { cpu: "250m", memory: "1Gi", tmp: "64Mi" };

/** What takes the rows of a use case into the store. */
export const landingSize: Size = { cpu: "500m", memory: "4Gi", tmp: "20Gi" };

/** What each container of a runner's job takes; a job has one of each, the service where its YAML asks for one. */
export const jobSizes = {
  build: { cpu: "500m", memory: "4Gi" },
  helper: { cpu: "50m", memory: "256Mi" },
  service: { cpu: "50m", memory: "512Mi" },
} as const;

/** What the jobs of the release may take together. */
export const releaseQuota: Quota = { cpu: 4, memory: 10, pods: 10 };

/** What jobs that build images may take together. */
export const buildQuota: Quota = { cpu: 4, memory: 14, pods: 10 };

/** What jobs of branches may take together; more trainings take of it, too. */
const jobQuotas: Readonly<Record<ProfileName, Quota>> = {
  frugal: { cpu: 2, memory: 16, pods: 10 },
  standard: { cpu: 6, memory: 24, pods: 20 },
  full: { cpu: 30, memory: 120, pods: 40 },
};

/** Room for the jobs of branches, and for one training beside them. */
export function ciQuota(profile: ProfileName, { cpu, memoryGb, gpu }: TrainingSettings): Quota {
  const jobs = jobQuotas[profile];
  return { ...jobs, cpu: jobs.cpu + cpu, memory: jobs.memory + memoryGb, gpus: gpu ? 1 : 0 };
}

/** What the tracking server, its Jobs and the proxy of people may take together. */
export const platformQuota: Quota = { cpu: 4, memory: 8, pods: 20 };

/**
 * Room for all replicas of a model server, one more while they roll, the monitor's pods, and what lands and compacts
 * rows.
 */
export const servingQuota = (replicas: number, monitors = 1, rollout = false): Quota => ({
  cpu: replicas + Math.ceil((monitors - 1) / 4) + 2,
  memory: replicas * (rollout ? 2 : 1) + monitors + 6,
  pods: replicas + monitors + 6,
});

/** Room for PostgreSQL's replicas, as many again beside them in a restore or an upgrade, and the object store. */
export function dataQuota(profile: ProfileName, instances: number): Quota {
  const { cpu, memory } = databaseSizes[profile];
  const most = 2 * instances;
  return {
    cpu: Math.ceil(most * cores(cpu)) + 1,
    memory: most * gibibytes(memory) + 3,
    pods: most + 10,
    volumes: most + 2,
  };
}

type Taken = Pick<Size, "cpu" | "memory">;

const cores = (text: string) => (text.endsWith("m") ? Number.parseInt(text, 10) / 1000 : Number(text));
const gibibytes = (text: string) => Number.parseInt(text, 10) / (text.endsWith("Mi") ? 1024 : 1);
const total = (taken: readonly Taken[]) => ({
  cpu: taken.reduce((sum, { cpu }) => sum + cores(cpu), 0),
  memory: taken.reduce((sum, { memory }) => sum + gibibytes(memory), 0),
});

/**
 * How many jobs a runner may start at once, so that the quota of its namespace forbids none: GitLab has a job wait,
 * while one that the quota forbids fails. Room for one more is left, since a pod counts until it has ended.
 */
export function jobsAtOnce(role: "build" | "release" | "train", profile: ProfileName): number {
  const quota = { build: buildQuota, release: releaseQuota, train: jobQuotas[profile] }[role];
  const beside = total([runnerSize]);
  const job = total(Object.values(jobSizes));
  const fit = Math.min((quota.cpu - beside.cpu) / job.cpu, (quota.memory - beside.memory) / job.memory);
  return Math.floor(fit) - 1;
}
