import { authorize, type Caller, Refused } from "./access";
import { createIssue, createNote, listIssues, listNotes, updateIssue } from "./issues";
import type { Project } from "./projects";
import { commitShown, jobsOf, traceOf } from "./reading";
import { listPipelines, type PipelineRecord } from "./records";
import { createPipeline } from "./triggers";

/** A request to the GitLab-compatible API, its body parsed. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly caller: Caller;
  readonly body: Record<string, unknown>;
}

/** A status, and a body: JSON, or the text of a log. */
export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
}

const ROUTE =
  /^\/api\/v4\/projects\/([^/]+)\/(issues|pipelines|jobs|repository\/commits|trigger\/pipeline)(?:\/([0-9a-f]+)(\/notes|\/jobs|\/trace)?)?$/;
const LONGEST_TITLE = 255;

/** Answers `/api/v4/…`; throws {@link Refused}. */
export function answerApi(home: string, request: ApiRequest): ApiReply {
  const { caller } = request;
  const [, id, kind, iid, more] = ROUTE.exec(request.url.pathname) ?? [];
  if (!id) throw new Refused(404, "404 Not Found");
  const project = authorize(home, caller, decodeURIComponent(id));
  const what = `${request.method} ${kind}${iid ? "/iid" : ""}${more ?? ""}`;
  const number = Number(iid);
  if (caller.isPerson) return { status: 200, body: read(home, project, { what, key: iid ?? "", request }) };
  switch (what) {
    case "GET pipelines":
      return page(request.url, pipelines(home, project, request.url));
    case "GET pipelines/iid":
      return { status: 200, body: found(onePipeline(home, project, String(number)), "Pipeline") };
    case "POST trigger/pipeline":
      return { status: 201, body: shownPipeline(createPipeline(home, project, askedBy(request))) };
    case "GET issues":
      return page(request.url, listIssues(home, project.id, filterOf(request.url)));
    case "POST issues":
      return { status: 201, body: open(home, project, caller, request.body) };
    case "PUT issues/iid":
      return { status: 200, body: found(updateIssue(home, project.id, number, changeOf(request.body))) };
    case "GET issues/iid/notes":
      return page(request.url, found(listNotes(home, project.id, number)));
    case "POST issues/iid/notes":
      return {
        status: 201,
        body: found(createNote(home, project.id, number, text(request.body, "body"), caller.name)),
      };
    default:
      throw new Refused(405, `405 Method Not Allowed: ${request.method}`);
  }
}

/** What a person reads, and no monitor needs: logs and commits among it. */
function read(
  home: string,
  project: Project,
  { what, key, request }: { what: string; key: string; request: ApiRequest },
): unknown {
  switch (what) {
    case "GET pipelines":
      return page(request.url, pipelines(home, project, request.url)).body;
    case "GET pipelines/iid":
      return found(onePipeline(home, project, key), "Pipeline");
    case "GET pipelines/iid/jobs":
      return page(request.url, found(jobsOf(home, project.id, key), "Pipeline")).body;
    case "GET jobs/iid/trace":
      return found(traceOf(home, project.id, key), "Job");
    case "GET repository/commits/iid":
      return found(commitShown(home, project, key), "Commit");
    case "GET issues":
      return page(request.url, listIssues(home, project.id, filterOf(request.url))).body;
    case "GET issues/iid/notes":
      return page(request.url, found(listNotes(home, project.id, Number(key)))).body;
    default:
      throw new Refused(403, `403 Forbidden: a person reads here, and ${request.method} is not of that`);
  }
}

/** Those that have every value that the address asks for. */
function pipelines(home: string, project: Project, { searchParams }: URL): unknown[] {
  return listPipelines(home, project.id)
    .filter((record) =>
      (["source", "ref", "name"] as const).every((key) =>
        [null, record[key]].includes(searchParams.get(key)),
      ),
    )
    .map(shownPipeline);
}

const onePipeline = (home: string, project: Project, id: string) =>
  listPipelines(home, project.id)
    .filter((record) => record.id === id)
    .map(shownPipeline)[0];

const pipelineStates = { created: "created", running: "running", passed: "success", failed: "failed" };

const shownPipeline = (record: PipelineRecord) => ({
  id: Number(record.id),
  project_id: Number(record.project),
  name: record.name ?? null,
  sha: record.sha,
  ref: record.ref,
  source: record.source,
  status: pipelineStates[record.status],
  ...(record.reason && { reason: record.reason }),
  created_at: record.createdAt,
  // The forge has no pages: people read it by this command.
  web_url: `npx ecluse logs pipeline/${record.id}`,
});

const askedBy = ({ caller, body }: ApiRequest) => ({
  environment: caller.environment,
  ref: body.ref,
  variables: body.variables,
});

function open(home: string, project: Project, caller: Caller, body: Record<string, unknown>): unknown {
  const title = text(body, "title");
  if (title.length > LONGEST_TITLE)
    throw new Refused(400, `400 title has ${title.length} characters, at most ${LONGEST_TITLE}`);
  const description = body.description === undefined ? "" : text(body, "description");
  return createIssue(home, project.id, {
    title,
    description,
    labels: labelsOf(body.labels),
    author: caller.name,
  });
}

function changeOf(body: Record<string, unknown>): Parameters<typeof updateIssue>[3] {
  const events: Record<string, "closed" | "opened"> = { close: "closed", reopen: "opened" };
  const event = body.state_event;
  const state = typeof event === "string" ? events[event] : undefined;
  if (event !== undefined && !state)
    throw new Refused(400, `400 state_event must be close or reopen, got ${event}`);
  return {
    ...(state ? { state } : {}),
    ...(body.title === undefined ? {} : { title: text(body, "title") }),
    ...(body.description === undefined ? {} : { description: text(body, "description") }),
    ...(body.labels === undefined ? {} : { labels: labelsOf(body.labels) }),
  };
}

function filterOf(url: URL): Parameters<typeof listIssues>[2] {
  const state = url.searchParams.get("state") ?? "all";
  if (!["all", "opened", "closed"].includes(state))
    throw new Refused(400, `400 state must be opened, closed or all, got ${state}`);
  return {
    labels: labelsOf(url.searchParams.get("labels") ?? ""),
    search: url.searchParams.get("search") ?? "",
    state,
  };
}

function page(url: URL, all: readonly unknown[]): ApiReply {
  const size = Math.min(Number(url.searchParams.get("per_page")) || 20, 100);
  const start = ((Number(url.searchParams.get("page")) || 1) - 1) * size;
  return { status: 200, body: all.slice(start, start + size) };
}

function labelsOf(value: unknown): string[] {
  const names = Array.isArray(value) ? value.map(String) : String(value ?? "").split(",");
  return names.map((name) => name.trim()).filter(Boolean);
}

function text(body: Record<string, unknown>, key: string): string {
  const value = body[key];
  if (typeof value === "string" && value) return value;
  throw new Refused(400, `400 ${key} must be a text, got ${JSON.stringify(value)}`);
}

function found<T>(value: T | undefined, what = "Issue"): T {
  if (value === undefined) throw new Refused(404, `404 ${what} Not Found`);
  return value;
}
