import type { PipelineRecord } from "../local/forge/records";
import type { PipelineEvent } from "../local/forge/run";
import type { Progress } from "./progress";

/** Reports the progress of a pipeline: each job when it starts and when it ends, and why one failed. */
export function progressReporter(progress: Pick<Progress, "say">): (event: PipelineEvent) => void {
  return (event) => {
    if (event.type === "pipeline" && event.record.status === "running")
      progress.say(`  jobs are confined by: ${event.record.confinement}`);
    if (event.type !== "job") return;
    const { name, status, seconds, reason, reusedFrom } = event.job;
    if (status === "running" || status === "pending") return progress.say(`  ${name} …`);
    const from = reusedFrom ? ` from pipeline ${reusedFrom}` : "";
    const took = seconds === undefined ? "" : ` in ${seconds.toFixed(1)} s`;
    progress.say(`  ${name}: ${status}${from}${took}${reason ? `: ${reason}` : ""}`);
    for (const line of event.job.telling ?? []) progress.say(`    ${line}`);
  };
}

/** That a pipeline did not pass, and where its logs are. The reporter has shown the lines that say why. */
export const refusalOf = ({ id, ref, reason }: PipelineRecord): string =>
  `pipeline ${id} on ${ref} did not pass: ${reason}; see npx ecluse logs pipeline/${id}`;
