import { createServer as createHttpServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { createLocalJWKSet, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trustFile } from "./access";
import { type Fixture, makeForge } from "./fixture";
import { ciClaims, type Issuer, openIssuer, personClaims } from "./issuer";
import { createProject } from "./projects";
import { forgeListener, serve } from "./server";
import { writeJson } from "./store";
import { waitingPipelines } from "./triggers";

let forge: Fixture;
let url: string;
let issuer: Issuer;
let close: () => void;
let sign: (claims?: Record<string, unknown>, key?: "own" | "other") => Promise<string>;

beforeAll(async () => {
  forge = makeForge();
  createProject(forge.home, { path: "ecluse/other", useCase: "other" });
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const server = await serve({ home: forge.home, host: "127.0.0.1", port });
  close = () => server.close();
  issuer = await openIssuer(forge.home, url);
  const own = await generateKeyPair("ES256", { extractable: true });
  const other = await generateKeyPair("ES256");
  const jwks = { keys: [{ ...(await exportJWK(own.publicKey)), alg: "ES256" }] };
  writeJson(trustFile(forge.home), [
    { environment: "dev", issuer: "https://dev.ecluse.local", jwks, projects: ["2"] },
  ]);
  sign = (claims = {}, key = "own") =>
    new SignJWT({
      iss: "https://dev.ecluse.local",
      sub: "system:serviceaccount:churn:monitor",
      aud: "ecluse-forge",
      exp: Math.floor(Date.now() / 1000) + 60,
      ...claims,
    })
      .setProtectedHeader({ alg: "ES256" })
      .sign((key === "own" ? own : other).privateKey);
});
afterAll(() => close());

async function call(token: string | undefined, method: string, path: string, body?: unknown) {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(`${url}/api/v4/projects/${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

it("is an issuer whose tokens verify by discovery, and only as what they are", async () => {
  const discovery = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as Record<
    string,
    string
  >;
  expect(discovery).toMatchObject({ issuer: url, jwks_uri: `${url}/oauth/discovery/keys` });
  const keys = createRemoteJWKSet(new URL(discovery.jwks_uri ?? ""));
  const context = {
    project: forge.project,
    ref: "main",
    refProtected: true,
    sha: "a".repeat(40),
    environment: { name: "prod", tier: "production" },
    pipelineId: "7",
    jobId: "7001",
    source: "push",
    login: "tester",
  };
  const token = await issuer.mint(ciClaims(context), { audience: "ecluse-prod-tracking", ttl: 60 });
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: url,
    audience: "ecluse-prod-tracking",
  });
  expect(protectedHeader.alg).toBe("ES256");
  expect(payload).toMatchObject({
    sub: "project_path:ecluse/churn:ref_type:branch:ref:main",
    namespace_path: "ecluse",
    project_id: "2",
    project_path: "ecluse/churn",
    ref: "main",
    ref_type: "branch",
    ref_protected: "true",
    environment: "prod",
    environment_protected: "true",
    deployment_tier: "production",
    pipeline_id: "7",
    pipeline_source: "push",
    job_id: "7001",
    sha: "a".repeat(40),
    user_login: "tester",
  });
  await expect(jwtVerify(token, keys, { audience: "ecluse-dev-tracking" })).rejects.toThrow(/"aud"/);
  const foreign = await openIssuer(makeForge().home, url);
  await expect(jwtVerify(token, createLocalJWKSet(foreign.jwks()))).rejects.toThrow();
  const again = await openIssuer(forge.home, url);
  expect(again.jwks()).toEqual(issuer.jwks());
  expect(JSON.stringify(issuer.jwks())).not.toContain('"d"');
  expect(Object.keys(personClaims("ana", ["ecluse-scientists"]))).not.toContain("job_id");
});

it("keeps issues and notes for a use case's monitor", async () => {
  const token = await sign();
  const opened = await call(token, "POST", "2/issues", {
    title: "Drift in age",
    description: "psi 0.4",
    labels: "ecluse,drift",
  });
  expect(opened).toMatchObject({
    status: 201,
    body: { iid: 1, state: "opened", labels: ["ecluse", "drift"], project_id: 2 },
  });
  expect(
    (await call(token, "GET", "ecluse%2Fchurn/issues?labels=drift&search=AGE&state=opened")).body,
  ).toHaveLength(1);
  expect((await call(token, "GET", "2/issues?labels=drift,none")).body).toEqual([]);
  expect((await call(token, "GET", "2/issues?search=other")).body).toEqual([]);
  expect((await call(token, "POST", "2/issues/1/notes", { body: "again" })).body).toMatchObject({
    body: "again",
  });
  expect((await call(token, "GET", "2/issues/1/notes")).body).toHaveLength(1);
  const closed = await call(token, "PUT", "2/issues/1", { state_event: "close", labels: ["fixed"] });
  expect(closed).toMatchObject({ status: 200, body: { state: "closed", labels: ["fixed"] } });
  expect((await call(token, "GET", "2/issues?state=opened")).body).toEqual([]);
  expect((await call(token, "GET", "2/pipelines")).body).toEqual([]);
});

it.each([
  ["anonymous", undefined, 401],
  ["another audience", { aud: "ecluse-dev-tracking" }, 401],
  ["expired", { exp: 1_000_000_000 }, 401],
  ["without expiry", { exp: undefined }, 401],
  ["another issuer", { iss: "https://prod.ecluse.local" }, 401],
  ["the model server", { sub: "system:serviceaccount:churn:serve" }, 403],
  ["another use case", { sub: "system:serviceaccount:other:monitor" }, 404],
])("refuses %s", async (_, claims, status) => {
  const token = claims && (await sign(claims));
  expect((await call(token, "GET", "2/issues")).status).toBe(status);
  expect((await call(token, "POST", "2/issues", { title: "x" })).status).toBe(status);
});

it("refuses wrong signatures, the forge's own tokens, and other projects", async () => {
  expect((await call(await sign({}, "other"), "GET", "2/issues")).status).toBe(401);
  const ci = await issuer.mint(
    { sub: "system:serviceaccount:churn:monitor" },
    { audience: "ecluse-forge", ttl: 60 },
  );
  expect((await call(ci, "GET", "2/issues")).status).toBe(401);
  expect((await call("not.a.token", "GET", "2/issues")).status).toBe(401);
  expect((await call(await sign(), "GET", "1/issues")).status).toBe(404);
  expect(
    (await call(await sign({ sub: "system:serviceaccount:other:monitor" }), "GET", "3/issues")).status,
  ).toBe(404);
});

it("answers bad requests with the reason", async () => {
  const token = await sign();
  expect(await call(token, "POST", "2/issues", {})).toMatchObject({
    status: 400,
    body: { message: /title/ },
  });
  expect((await call(token, "POST", "2/issues", "[1]")).status).toBe(400);
  expect((await call(token, "POST", "2/issues", "{")).status).toBe(400);
  expect((await call(token, "POST", "2/issues", { title: "x".repeat(70_000) })).status).toBe(413);
  expect((await call(token, "PUT", "2/issues/1", { state_event: "burn" })).status).toBe(400);
  expect((await call(token, "PUT", "2/issues/99", { state_event: "close" })).status).toBe(404);
  expect((await call(token, "DELETE", "2/issues/1")).status).toBe(405);
  expect((await call(token, "GET", "%zz/issues")).status).toBe(400);
});

it("shows nothing of projects, pipelines and issues without a token", async () => {
  await call(await sign(), "POST", "2/issues", { title: "Drift in salary" });
  const paths = ["/", "/index.html", "/ecluse/churn", "/ecluse/churn.git/info/refs", "/api/v4/projects"];
  for (const path of [...paths, "/api/v4/projects/2/pipelines", "/api/v4/projects/2/issues"]) {
    const answer = await fetch(`${url}${path}`);
    expect([401, 404]).toContain(answer.status);
    expect(await answer.text()).not.toMatch(/salary|churn/);
  }
});

it("answers for its own name only", async () => {
  expect(await statusWithHost("evil.test")).toBe(421);
  expect(await statusWithHost(`evil.test:${new URL(url).port}`)).toBe(421);
  expect(await statusWithHost(`localhost:${new URL(url).port}`)).toBe(200);
  expect(await statusWithHost(new URL(url).host)).toBe(200);
  await expect(serve({ home: forge.home, host: "0.0.0.0", port: 1 })).rejects.toThrow(/loopback address/);
});

function statusWithHost(host: string): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const asked = request(`${url}/health`, { headers: { host } }, (response) =>
      done(response.resume().statusCode),
    );
    asked.on("error", fail).end();
  });
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });
}

it("answers behind another server, by its own name and to callers of that server", async () => {
  const own = await openIssuer(forge.home, "http://gitlab.example.com");
  const authenticate = async (by: string | undefined) => ({
    name: "bot",
    mayReach: ({ id }: { id: string }) => by === "Bearer glpat-1" && id === "2",
  });
  const server = createHttpServer(forgeListener({ home: forge.home, issuer: own, authenticate }));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const ask = (path: string, authorization = "", host = "gitlab.example.com") =>
    new Promise<number | undefined>((done, fail) =>
      request(
        { port, host: "127.0.0.1", path, headers: { host, ...(authorization && { authorization }) } },
        (answer) => done(answer.resume().statusCode),
      )
        .once("error", fail)
        .end(),
    );
  expect(await ask("/oauth/discovery/keys")).toBe(200);
  expect(await ask("/oauth/discovery/keys", "", "127.0.0.1")).toBe(421);
  expect(await ask("/api/v4/projects/2/issues", "Bearer glpat-1")).toBe(200);
  expect(await ask("/api/v4/projects/2/issues", "Bearer glpat-2")).toBe(404);
  server.close();
});

describe("a retraining that a monitor asks for", () => {
  const file = "workflow: { name: $ECLUSE_RETRAINING }\nunit: { script: ['true'] }\n";
  const variables = {
    ECLUSE_TASK: "retrain",
    ECLUSE_ENVIRONMENT: "dev",
    ECLUSE_RETRAINING: "retraining of dev: version 3, 2026-11-02",
  };
  const ask = async (more: Record<string, unknown> = {}, token?: string) =>
    call(undefined, "POST", "2/trigger/pipeline", {
      token: token ?? (await sign()),
      ref: "main",
      variables,
      ...more,
    });

  it("waits under its name at the tip of main, is run once, and says how that went", async () => {
    const sha = forge.onMain(forge.commit({ ".gitlab-ci.yml": file }));
    const { status, body } = (await ask()) as { status: number; body: { id: number } };
    expect([status, body]).toMatchObject([
      201,
      { status: "created", sha, name: variables.ECLUSE_RETRAINING },
    ]);
    const query = new URLSearchParams({ source: "trigger", ref: "main", name: variables.ECLUSE_RETRAINING });
    const token = await sign();
    expect((await call(token, "GET", `2/pipelines?${query}`)).body).toEqual([body]);
    expect((await call(token, "GET", "2/pipelines?name=another")).body).toEqual([]);
    const [waiting] = waitingPipelines(forge.home, forge.project.id);
    const ran = await forge.run(sha, {
      ref: "main",
      source: "trigger",
      variables,
      ...(waiting && { waiting }),
    });
    expect([ran.id, ran.status, ran.reason]).toEqual([String(body.id), "passed", undefined]);
    expect((await call(token, "GET", `2/pipelines/${body.id}`)).body).toMatchObject({ status: "success" });
    expect(waitingPipelines(forge.home, forge.project.id)).toEqual([]);
    expect((await call(token, "GET", "2/pipelines/999")).status).toBe(404);
  });

  it.each<[string, Record<string, unknown>, number, RegExp]>([
    ["another branch", { ref: "work" }, 400, /ref must be main/],
    ["another environment", { variables: { ...variables, ECLUSE_ENVIRONMENT: "prod" } }, 403, /of dev alone/],
    ["another task", { variables: { ...variables, ECLUSE_TASK: "monitor" } }, 403, /retrain of dev alone/],
    ["no variables", { variables: undefined }, 403, /retrain of dev alone/],
    [
      "a variable of its own",
      { variables: { ...variables, ECLUSE_DATA_URL: "x" } },
      400,
      /got ECLUSE_DATA_URL/,
    ],
    [
      "a value without end",
      { variables: { ...variables, ECLUSE_RETRAINING: "x".repeat(256) } },
      400,
      /at most 255/,
    ],
    ["no token", { token: undefined }, 401, /show a workload token/],
  ])("refuses %s", async (_name, more, status, message) => {
    expect(await ask(more)).toMatchObject({ status, body: { message: expect.stringMatching(message) } });
  });

  it("refuses the token of a model server, and another use case's project", async () => {
    const serving = await sign({ sub: "system:serviceaccount:churn:serve" });
    expect(await ask({}, serving)).toMatchObject({ status: 403 });
    const other = await sign({ sub: "system:serviceaccount:other:monitor" });
    expect(await ask({}, other)).toMatchObject({ status: 404 });
  });
});
