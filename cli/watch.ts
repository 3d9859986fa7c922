import { setTimeout as wait } from "node:timers/promises";
import type { Command } from "commander";
import { readLog } from "../local/forge/log";
import { listProjects } from "../local/forge/projects";
import { type JobRecord, listPipelines, type PipelineRecord } from "../local/forge/records";
import { homeFolder } from "../local/home";
import { print, type Session } from "./session";
import { UserError } from "./stacks";

const pauseMs = 500;

/** What is new in a pipeline since it was looked at before. */
export type Seen =
  | { readonly pipeline: string; readonly status: PipelineRecord["status"]; readonly reason?: string }
  | {
      readonly pipeline: string;
      readonly job: string;
      readonly status: JobRecord["status"];
      readonly reason?: string;
    }
  | { readonly pipeline: string; readonly job: string; readonly line: string };

/** Looks at a pipeline again and again, and gives each time what is new. */
export class Follower {
  private readonly statuses = new Map<string, string>();
  private readonly shown = new Map<string, number>();

  constructor(private readonly logOf: (job: JobRecord) => string) {}

  /** Lines of logs first: they came before what a job has ended as. */
  look(record: PipelineRecord): Seen[] {
    const jobs = record.jobs.flatMap((job) => [
      ...this.lines(record.id, job),
      ...this.status(record.id, job),
    ]);
    return [...jobs, ...this.status(record.id, record)];
  }

  private lines(pipeline: string, job: JobRecord): Seen[] {
    // A job that was not run again has the log of another pipeline.
    if (job.status === "reused") return [];
    const text = this.logOf(job);
    const from = this.shown.get(job.name) ?? 0;
    const end = text.lastIndexOf("\n") + 1;
    this.shown.set(job.name, Math.max(from, end));
    const lines = text.slice(from, end).split("\n").slice(0, -1);
    return lines.map((line) => ({ pipeline, job: job.name, line }));
  }

  private status(pipeline: string, of: JobRecord | PipelineRecord): Seen[] {
    const job = "jobs" in of ? undefined : of.name;
    const key = job ?? "";
    const { status, reason } = of;
    if (this.statuses.get(key) === status || status === "pending") return [];
    this.statuses.set(key, status);
    return [{ pipeline, ...(job && { job }), status, ...(reason && { reason }) } as Seen];
  }
}

/** One line for people. */
export function seenText(seen: Seen): string {
  if ("line" in seen) return `  ${seen.job} | ${seen.line}`;
  const what = "job" in seen ? `  ${seen.job}` : `pipeline ${seen.pipeline}`;
  return `${what}: ${seen.status}${seen.reason ? `: ${seen.reason}` : ""}`;
}

function find(id: string | undefined): PipelineRecord {
  const home = homeFolder();
  const all = listProjects(home)
    .flatMap((project) => listPipelines(home, project.id))
    .sort((one, other) => Number(other.id) - Number(one.id));
  const latest = all.find(({ status }) => status === "running") ?? all[0];
  const found = id === undefined ? latest : all.find((record) => record.id === id);
  if (found) return found;
  const known = all.map((record) => record.id).join(", ") || "none yet: npx ecluse run starts one";
  throw new UserError(`there is no pipeline${id ? ` ${id}` : ""}: there are ${known}`);
}

async function watch({ signal }: Session, asked: string | undefined, { json }: { json?: boolean }) {
  const { id } = find(asked);
  const follower = new Follower((job) => readLog(homeFolder(), job));
  for (;;) {
    const record = find(id);
    for (const seen of follower.look(record)) print(json ? JSON.stringify(seen) : seenText(seen));
    if (record.status === "failed") process.exitCode = 1;
    if (["passed", "failed"].includes(record.status) || signal.aborted) return;
    await wait(pauseMs);
  }
}

/** Adds `watch`. */
export function addWatchCommand(program: Command, session: Session): void {
  program
    .command("watch [pipeline]")
    .description("follow a pipeline to its end, with each job's log; without a number, the one that runs")
    .option("--json", "print a line of JSON for each event")
    .action((id: string | undefined, options: { json?: boolean }) => watch(session, id, options));
}
