import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readLog } from "../local/forge/log";
import { findProject, listProjects } from "../local/forge/projects";
import { listPipelines } from "../local/forge/records";
import { environmentPath, homeFolder } from "../local/home";
import { environments } from "./lifecycle";
import { UserError } from "./stacks";

const logFiles = (environment: string) => join(environmentPath(environment), "logs");

function parts(): string[] {
  return environments().flatMap((environment) => {
    const names = existsSync(logFiles(environment))
      ? readdirSync(logFiles(environment)).filter((name) => name.endsWith(".log"))
      : [];
    return names.map((name) => `${environment}/${basename(name, ".log")}`);
  });
}

const tail = (text: string, lines: number) => text.trimEnd().split("\n").slice(-lines).join("\n");

/** Every job of a pipeline, with the end of its log. */
function pipelineLog(id: string, lines: number): string {
  const records = listProjects(homeFolder()).flatMap((project) =>
    listPipelines(homeFolder(), findProject(homeFolder(), project.id).id),
  );
  const record = records.find((one) => one.id === id);
  if (!record)
    throw new UserError(
      `there is no pipeline ${id}: there are ${records.map((one) => one.id).join(", ") || "none"}`,
    );
  const jobs = record.jobs.map((job) => {
    const { name, status, reason } = job;
    return `── ${name}: ${status}${reason ? ` (${reason})` : ""}\n${tail(readLog(homeFolder(), job), lines)}`;
  });
  return [
    `pipeline ${record.id} of ${record.projectPath} at ${record.sha.slice(0, 8)} on ${record.ref}: ${record.status}`,
    ...jobs,
  ].join("\n");
}

/**
 * The last lines of a part's log; without a part, the names of those there are. Throws a {@link UserError} for an
 * unknown one.
 */
export function showLog(part: string | undefined, lines: number): string {
  if (!part) return [...parts(), "pipeline/<number>"].join("\n");
  const [where = "", name = ""] = part.split("/");
  if (where === "pipeline") return pipelineLog(name, lines);
  const known = parts();
  if (!known.includes(part))
    throw new UserError(`there is no log ${part}: there are ${known.join(", ") || "none yet"}`);
  return tail(readFileSync(join(logFiles(where), `${name}.log`), "utf8"), lines);
}
