import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authenticate } from "./access";
import { type Fixture, makeForge } from "./fixture";
import { ciClaims, type Issuer, openIssuer, personClaims } from "./issuer";
import { createIssue } from "./issues";
import { nextPipelineId, type PipelineRecord, savePipeline } from "./records";
import { forgeListener } from "./server";

// People at the forge: a link's code becomes a token that reads there, and a login of one environment.

const group = "ecluse-scientists";
let forge: Fixture;
let issuer: Issuer;
let url: string;
const server = createServer((request, response) => listener(request, response));
let listener: ReturnType<typeof forgeListener>;

beforeAll(async () => {
  forge = makeForge();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  issuer = await openIssuer(forge.home, url);
  const own = issuer;
  listener = forgeListener({
    home: forge.home,
    issuer: own,
    authenticate: (by) => authenticate(forge.home, by, own),
  });
});
afterAll(() => server.close());

const code = (audience = "ecluse-dev-console", ttl = 60, groups = [group]) =>
  issuer.mint(personClaims("ana", groups), { audience, ttl });

async function exchange(code: unknown, grant_type = "authorization_code") {
  const body = JSON.stringify({ grant_type, code });
  const answer = await fetch(`${url}/oauth/token`, { method: "POST", body });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

async function read(path: string, token: string, method = "GET", body?: string) {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/api/v4/projects/${path}`, { method, headers, ...(body && { body }) });
  const text = await answer.text();
  const isJson = answer.headers.get("content-type") === "application/json";
  return { status: answer.status, body: isJson ? JSON.parse(text) : text };
}

/** A pipeline as its run leaves it. */
function failedPipeline(sha: string): PipelineRecord {
  const { home, project } = forge;
  const id = nextPipelineId(home);
  const log = join("logs", id, `${id}001.log`);
  mkdirSync(dirname(join(home, "forge", log)), { recursive: true });
  writeFileSync(join(home, "forge", log), "it is said\n");
  const job = { id: `${id}001`, name: "unit", stage: "test", allowFailure: false, log, seconds: 1.5 };
  const reason = "its script failed; see its log";
  const record: PipelineRecord = {
    ...{ id, project: project.id, projectPath: project.path, sha, tree: sha, ref: "work", source: "push" },
    ...{ status: "failed", reason: "unit failed", confinement: "none", approver: "none" },
    createdAt: new Date().toISOString(),
    runner: { pid: process.pid, started: "" },
    jobs: [{ ...job, status: "failed", reason }],
  };
  savePipeline(home, record);
  return record;
}

const reader = async () => (await exchange(await code())).body.access_token ?? "";

describe("a link's code", () => {
  it("is exchanged once, for a token that reads here and a login of its own environment", async () => {
    const given = await code("ecluse-prod-console");
    const { status, body } = await exchange(given);
    expect([status, body.token_type]).toEqual([200, "Bearer"]);
    const keys = createLocalJWKSet(issuer.jwks());
    const login = await jwtVerify(body.id_token ?? "", keys, { audience: "ecluse-prod-tracking" });
    expect(login.payload).toMatchObject({ preferred_username: "ana", groups: [group] });
    expect((login.payload.exp ?? 0) - (login.payload.iat ?? 0)).toBe(60);
    await expect(
      jwtVerify(body.access_token ?? "", keys, { audience: "ecluse-forge" }),
    ).resolves.toBeTruthy();
    expect((await exchange(given)).status).toBe(401);
  });

  it.each<[string, () => Promise<unknown>, number]>([
    ["a tracking server's login", () => code("ecluse-dev-tracking"), 401],
    ["a token that reads", () => reader(), 401],
    ["a code of more than a minute", () => code("ecluse-dev-console", 61), 401],
    ["a code that is over", () => code("ecluse-dev-console", -1), 401],
    ["who is in no group", () => code("ecluse-dev-console", 60, ["others"]), 403],
    ["what is no token", async () => "made up", 401],
    ["no code", async () => undefined, 400],
    [
      "a code of another forge",
      async () => {
        const other = await openIssuer(makeForge().home, url);
        return other.mint(personClaims("ana", [group]), { audience: "ecluse-dev-console", ttl: 60 });
      },
      401,
    ],
    [
      "a job's token",
      async () => {
        const { project } = forge;
        const job = { project, ref: "main", refProtected: true, sha: "a".repeat(40), environment: undefined };
        const claims = ciClaims({ ...job, pipelineId: "1", jobId: "1001", source: "push", login: "ana" });
        return issuer.mint(
          { ...claims, ...personClaims("ana", [group]) },
          { audience: "ecluse-dev-console", ttl: 60 },
        );
      },
      401,
    ],
  ])("is not %s", async (_what, make, status) => {
    expect((await exchange(await make())).status).toBe(status);
  });

  it("is taken by POST and by its grant alone", async () => {
    expect((await exchange(await code(), "password")).status).toBe(400);
    expect((await fetch(`${url}/oauth/token`)).status).toBe(404);
  });
});

describe("a person at the forge", () => {
  it("reads pipelines, jobs with the reason of a failure, logs and commits", async () => {
    const sha = forge.commit({ ".gitlab-ci.yml": "unit: { script: ['true'] }\n" });
    const ran = failedPipeline(sha);
    const token = await reader();
    const [latest] = (await read("2/pipelines?per_page=1", token)).body;
    expect(latest).toMatchObject({ id: Number(ran.id), sha, status: "failed" });
    expect((await read(`2/pipelines/${ran.id}`, token)).body).toEqual(latest);
    const [job] = (await read(`2/pipelines/${ran.id}/jobs`, token)).body;
    expect(job).toMatchObject({ name: "unit", status: "failed", duration: expect.any(Number) });
    expect(job.failure_reason).toMatch(/script failed/);
    const log = await read(`2/jobs/${job.id}/trace`, token);
    expect(log).toMatchObject({ status: 200, body: expect.stringContaining("it is said") });
    expect((await read(`2/repository/commits/${sha.slice(0, 8)}`, token)).body).toMatchObject({
      id: sha,
      title: "Try",
      author_name: "Écluse local",
    });
    createIssue(forge.home, "2", { title: "Drift", description: "", labels: ["dev"], author: "monitor" });
    expect((await read("2/issues?state=opened&labels=dev", token)).body).toHaveLength(1);
  });

  it.each([
    ["POST", "2/issues"],
    ["PUT", "2/issues/1"],
    ["POST", "2/issues/1/notes"],
    ["POST", "2/trigger/pipeline"],
    ["DELETE", "2/issues/1"],
  ])("changes nothing: %s %s", async (method, path) => {
    const body = method === "DELETE" ? undefined : JSON.stringify({ title: "x", body: "x", ref: "main" });
    expect((await read(path, await reader(), method, body)).status).toBe(403);
  });

  it("reads nothing that is not there, nor a file beside a log or a repository", async () => {
    const token = await reader();
    for (const path of [
      "9/pipelines",
      "2/pipelines/99",
      "2/pipelines/99/jobs",
      "2/jobs/99/trace",
      "2/repository/commits/ffffffff",
      "2/repository/commits/..%2f..%2fx",
      "1/jobs/1001/trace",
    ])
      expect((await read(path, token)).status).toBe(404);
  });

  it("is no monitor: a login of a server, or a token of nobody's group, reads nothing", async () => {
    for (const audience of ["ecluse-dev-tracking", "ecluse-dev-console"])
      expect((await read("2/pipelines", await code(audience))).status).toBe(401);
    const claims = personClaims("eve", []);
    const token = await issuer.mint(claims, { audience: "ecluse-forge", ttl: 60 });
    expect((await read("2/pipelines", token)).status).toBe(403);
  });
});
