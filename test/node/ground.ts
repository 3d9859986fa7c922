import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "../../cluster/client";
import type { Document } from "../../local/engine/document";
import { ciClaims, personClaims } from "../../local/forge/issuer";
import type { PipelineRecord } from "../../local/forge/records";
import type { PipelineEvent } from "../../local/forge/run";
import type { ClusterForge } from "./forge";

/** What tests run on: the cluster with a stack, and the GitLab that the stack names. */
export interface Ground {
  readonly client: Client;
  readonly forge: ClusterForge;
  /** The stack's state, with secrets in plain. */
  state(): Promise<Document>;
}

/** Milliseconds, as Vitest takes them. */
export const minutes = (count: number) => count * 60_000;

/** How each job of a pipeline ended. */
export const statuses = ({ jobs }: PipelineRecord) =>
  Object.fromEntries(jobs.map(({ name, status }) => [name, status]));

/** Shows which job runs, and what one printed that did not pass. */
export function reporter({ home }: ClusterForge): (event: PipelineEvent) => void {
  return (event) => {
    if (event.type !== "job") return;
    const { name, status, seconds, reason, log } = event.job;
    console.log(
      `${name}: ${status}${seconds === undefined ? "" : ` in ${Math.round(seconds)} s`} ${reason ?? ""}`,
    );
    if (status === "failed" && log) console.log(readFileSync(join(home, "forge", log), "utf8").slice(-4000));
  };
}

/** A question of the tracking server that whoever may read there gets answered. */
export const experiments = "/api/2.0/mlflow/experiments/search?max_results=1";

const tiers = { dev: "development", prod: "production" };

/** What GitLab gives a job of an environment, on the protected `main`, for an audience that it asks for. */
export async function jobToken(forge: ClusterForge, name: keyof typeof tiers, audience: string) {
  const work = { ref: "main", refProtected: true, sha: "0".repeat(40), pipelineId: "9", jobId: "9001" };
  const { project } = forge.pipelines;
  const by = { project, source: "push", login: "ada", environment: { name, tier: tiers[name] } };
  return (await forge.issuer()).mint(ciClaims({ ...work, ...by }), { audience, ttl: 600 });
}

/** What GitLab gives a person of a group who logs in to an application. */
export const personToken = async (forge: ClusterForge, audience: string, group = "ecluse-scientists") =>
  (await forge.issuer()).mint(personClaims("ada", [group]), { audience, ttl: 600 });
