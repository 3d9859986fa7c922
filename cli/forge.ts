import { type Issue, listIssues } from "../local/forge/issues";
import { listProjects } from "../local/forge/projects";
import { listPipelines, type PipelineRecord } from "../local/forge/records";
import { table } from "./table";

const shown = 10;

/** What the forge has of a project: its latest pipelines and its open issues. */
export interface ForgeProject {
  readonly path: string;
  readonly pipelines: readonly Pick<PipelineRecord, "id" | "ref" | "sha" | "status" | "jobs">[];
  readonly issues: readonly Pick<Issue, "iid" | "title" | "labels" | "created_at">[];
}

/** Every project of the forge in a home. It is read from files, which only their owner can read. */
export function forgeProjects(home: string): ForgeProject[] {
  return listProjects(home).map(({ id, path }) => ({
    path,
    pipelines: listPipelines(home, id)
      .slice(0, shown)
      .map(({ id, ref, sha, status, jobs }) => ({ id, ref, sha, status, jobs })),
    issues: listIssues(home, id, { labels: [], search: "", state: "opened" })
      .slice(0, shown)
      .map(({ iid, title, labels, created_at }) => ({ iid, title, labels, created_at })),
  }));
}

function projectText({ path, pipelines, issues }: ForgeProject): string {
  const ran = pipelines.map(({ id, ref, sha, status, jobs }) => {
    const states = jobs.map((job) => `${job.name}: ${job.status}`).join(", ");
    return [id, ref, sha.slice(0, 8), status, states];
  });
  const open = issues.map(({ iid, title, labels, created_at }) => [
    `#${iid}`,
    title,
    labels.join(", "),
    created_at,
  ]);
  return [
    path,
    ran.length ? table([["pipeline", "branch", "commit", "status", "jobs"], ...ran]) : "no pipelines",
    open.length ? table([["issue", "title", "labels", "opened"], ...open]) : "no open issues",
  ].join("\n\n");
}

/** The projects for people. */
export const forgeText = (projects: readonly ForgeProject[]): string =>
  projects.map(projectText).join("\n\n\n") || "the forge has no projects yet: npm start makes them";
