import type { Confinement } from "./confine";
import type { Expanded, Job } from "./expand";
import type { Image, Tools } from "./images";
import type { Issuer } from "./issuer";
import type { Project } from "./projects";
import type { JobRecord, PipelineRecord } from "./records";
import type { Environment } from "./rules";

/** A platform release that the caller is to do: no code of the use case runs in it. */
export interface Release {
  readonly environment: string;
  readonly project: Project;
  readonly sha: string;
  readonly pipelineId: string;
  /** Tokens of the platform project, on its protected branch, for that environment's servers. */
  readonly tokens: Readonly<Record<"tracking" | "serving", string>>;
  /** Takes a line of log; masked before it is kept. */
  readonly log: (line: string) => void;
}

/** What happened, for progress. */
export type PipelineEvent =
  | { readonly type: "pipeline"; readonly record: PipelineRecord }
  | { readonly type: "job"; readonly job: JobRecord }
  | { readonly type: "line"; readonly job: string; readonly line: string };

/** A job to run elsewhere than on this machine. */
export interface JobWork {
  readonly id: string;
  readonly pipeline: Expanded;
  readonly job: Job;
  /** A checkout of the commit with the artifacts that the job takes; those that it makes are collected from there. */
  readonly checkout: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Takes a line of log; masked before it is kept. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What a pipeline is run with. */
export interface PipelineOptions {
  readonly home: string;
  /** The issuer's URL: where `server.ts` listens. */
  readonly forgeUrl: string;
  readonly project: Project;
  readonly sha: string;
  readonly ref: string;
  readonly source: string;
  /** Who asked for it. */
  readonly login: string;
  /** The record of a pipeline that was asked for, and has waited; a new one when not given. */
  readonly waiting?: PipelineRecord;
  /** Variables of the schedule or the request that started it. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly environments: readonly Environment[];
  /** Runs this job alone, with what it needs; of a branch, where nothing can come into production by it. */
  readonly only?: string;
  /** TCP ports per environment that its jobs may connect to; a job of no environment gets none. */
  readonly allowedPorts: Readonly<Record<string, readonly number[]>>;
  readonly tools: Tools;
  readonly platform?: { readonly project: Project; readonly release: (release: Release) => Promise<void> };
  /** Runs a job's script and gives its exit code, -1 for one that took too long; on this machine when not given. */
  readonly execute?: (work: JobWork) => Promise<number>;
  /** Registry and path of the projects' images; jobs that build images run where it is given. */
  readonly registry?: string;
  /** What `probeConfinement` found; probed when not given. */
  readonly confinement?: Confinement;
  readonly onEvent?: (event: PipelineEvent) => void;
  readonly signal?: AbortSignal;
}

/** A pipeline under way: what its jobs share. */
export interface Run {
  readonly options: PipelineOptions;
  readonly record: PipelineRecord;
  readonly issuer: Issuer;
  readonly confinement: Confinement;
  readonly image: Image | undefined;
  readonly pipeline: Expanded;
  readonly refProtected: boolean;
}
