import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRun, pipeline } from "../../cli/chain";
import { forgeOutputs } from "../../cli/outputs";
import { personToken } from "../../cli/people";
import { Progress } from "../../cli/progress";
import { projectPath } from "../../components/naming";
import { probeMachine } from "../../local/forge/confine";
import { pushBranch } from "../../local/forge/merge";
import { findProject } from "../../local/forge/projects";
import { type JobRecord, listPipelines } from "../../local/forge/records";
import { homeFolder, projectRoot } from "../../local/home";
import { python, servicePid } from "../../local/provider/supervisor";
import { environments, type RunningEnvironment, useCase } from "./environments";

// One hostile branch, run once by the platform's own forge: what its code tried, and what became of it. Packages are
// tried in test/attacks/wheel.test.ts, other users of the machine in test/attacks/otherUser.test.ts.

/** What the branch changes: its training steals and cheats, one job never ends, no test is in the way. */
const jobs = `
check: { script: ["true"] }
unit-test: { script: ["true"] }
train-dev: { script: [python hostile/reach.py, python hostile/train.py] }
test-dev: { script: [mkdir -p build, touch build/model-tests.xml] }
outlive: { stage: check, timeout: 5 seconds, script: [python hostile/outlive.py] }
`;

/** Shared memory and a message queue of another process of the same user, under a key that anyone can guess. */
const key = 0x6563_0001;
const victim = `
import ctypes, sys
libc = ctypes.CDLL(None)
memory, queue = libc.shmget(${key}, 4096, 0o1600), libc.msgget(${key}, 0o1600)
print(memory >= 0 and queue >= 0, flush=True)
sys.stdin.read()
libc.shmctl(memory, 0, None), libc.msgctl(queue, 0, None)
`;

/** Why what the kernel enforces cannot be asked for on this machine; empty where it can. */
const { landlock, namespaces, sockets } = probeMachine(python);
const lacks =
  landlock >= 6 && namespaces && sockets ? "" : ": this machine lacks what npx ecluse doctor names";

let dev: RunningEnvironment;
let prod: RunningEnvironment;
let server: number;
let folder: string;
let other: ChildProcess;
let ended: JobRecord[];

const job = (name: string) => ended.find((one) => one.name === name) as JobRecord;
const logOf = (name: string) => readFileSync(join(homeFolder(), "forge", job(name).log as string), "utf8");
const port = (url: string) => Number(new URL(url).port);

/** A request to dev's tracking server as the person at this machine. */
async function asScientist(path: string, init: RequestInit = {}): Promise<Response> {
  const token = await personToken((await forgeOutputs()).url, "dev", "tracking", 60);
  const headers = { authorization: `Bearer ${token}`, "x-mlflow-workspace": useCase };
  const json = { "content-type": "application/json" };
  return fetch(`${dev.tracking}/api/2.0/${path}`, { ...init, headers: { ...headers, ...json } });
}

interface Version {
  readonly version: string;
  readonly source: string;
}

async function champion(): Promise<Version> {
  const found = await asScientist(`mlflow/registered-models/alias?name=${useCase}&alias=champion`);
  return ((await found.json()) as { model_version: Version }).model_version;
}

/** The path of the champion's files behind the tracking server. */
async function championFiles(): Promise<string> {
  const { source } = await champion();
  const found = await asScientist(`mlflow/logged-models/${source.replace("models:/", "")}`);
  const { info } = ((await found.json()) as { model: { info: { artifact_uri: string } } }).model;
  return `mlflow-artifacts/artifacts/${info.artifact_uri.replace(/^mlflow-artifacts:\/+/, "")}`;
}

async function startVictim(): Promise<ChildProcess> {
  const child = spawn(python, ["-c", victim], { stdio: ["pipe", "pipe", "inherit"] });
  const said = await new Promise((resolve) => child.stdout.once("data", (text) => resolve(String(text))));
  expect(said).toContain("True");
  return child;
}

/** Pushes the hostile branch, runs its pipeline, which must end, and gives its jobs. */
async function attack(given: object): Promise<JobRecord[]> {
  cpSync(join(projectRoot, "usecases", useCase), folder, { recursive: true });
  cpSync(join(__dirname, "hostile"), join(folder, "hostile"), { recursive: true });
  writeFileSync(join(folder, "hostile.json"), JSON.stringify({ ...given, at: Date.now() })); // no earlier job is reused
  const ci = join(folder, ".gitlab-ci.yml");
  writeFileSync(ci, readFileSync(ci, "utf8") + jobs);
  const [home, branch] = [homeFolder(), "hostile"];
  const project = findProject(home, projectPath(useCase));
  const { sha } = pushBranch({ home, project, folder, branch, message: branch });
  const run = await openRun(useCase, { progress: new Progress(false), signal: new AbortController().signal });
  await expect(pipeline(run, branch, sha)).rejects.toThrow(/did not pass/);
  return listPipelines(home, project.id).find((record) => record.sha === sha)?.jobs ?? [];
}

let before: Version;
beforeAll(async () => {
  ({ dev, prod } = await environments());
  server = (await servicePid("prod", `serving-${useCase}`)) as number;
  before = await champion();
  folder = mkdtempSync(join(tmpdir(), "ecluse-hostile-"));
  other = await startVictim();
  const ports = [prod.tracking, prod.blob, prod.own.serving].map(port);
  ended = await attack({ server, ports, key, champion: await championFiles() });
});

afterAll(async () => {
  other?.stdin?.end();
  if (folder) rmSync(folder, { recursive: true });
});

describe("a hostile branch's training", () => {
  const outcome = (name: string) => {
    const line = logOf("train-dev").split("outcomes ")[1]?.split("\n")[0] ?? "";
    return (JSON.parse(line) as Record<string, unknown>)[name];
  };

  it("reads what it trains on, and not what it is judged by", () => {
    expect([outcome("the training data"), outcome("the hold-out")]).toEqual([200, 403]);
  });

  it.skipIf(lacks)(`reaches no server of production${lacks}`, () => {
    expect(outcome("production's ports")).toEqual(["EACCES", "EACCES", "EACCES"]);
  });

  it.skipIf(lacks)(`meets no other job in shared memory or a message queue${lacks}`, () => {
    expect(["shared memory", "message queue", "/dev/shm"].map(outcome)).toEqual([
      "EACCES",
      "EACCES",
      "EACCES",
    ]);
  });

  it.skipIf(lacks)(`sees no process of production, ends none and limits none${lacks}`, async () => {
    expect(["kill", "prlimit", "process"].map(outcome)).toEqual(["ESRCH", "EACCES", "ENOENT"]);
    expect(await servicePid("prod", `serving-${useCase}`)).toBe(server);
    expect((await fetch(`${prod.own.serving}/health`)).status).toBe(200);
  });

  it("logs runs, and neither changes the champion's files nor adds one", () => {
    expect(outcome("a run of its own")).toBe(200);
    expect(outcome("the champion's files")).toEqual([403, 403]);
  });

  it("neither moves nor removes the alias of the champion", () => {
    expect([outcome("the alias"), outcome("no alias")]).toEqual([403, 403]);
  });

  it("is judged by the stack's target, whatever the tags of its run say", async () => {
    expect(job("train-dev").status).toBe("passed");
    expect(job("release-dev")).toMatchObject({ status: "failed", reason: expect.stringMatching(/floor/) });
    expect(await champion()).toEqual(before);
  });
});

describe("a job that forks without end", () => {
  it("is ended at its timeout, and so is the pipeline", () => {
    expect(logOf("outlive")).toContain("forks");
    expect(job("outlive")).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/timeout of 5 s/),
    });
  });

  it("leaves no process behind", () => {
    const commands = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, "utf8");
        } catch {
          return ""; // it ended meanwhile
        }
      });
    expect(commands.filter((command) => command.includes("outlives-its-job"))).toEqual([]);
  });
});

describe("a scientist in dev", () => {
  const alias = { name: useCase, alias: "champion" };

  it("neither moves nor removes the alias of the champion, but has a model of one's own", async () => {
    const post = (path: string, body: object, method = "POST") =>
      asScientist(path, { method, body: JSON.stringify(body) });
    const moved = await post("mlflow/registered-models/alias", { ...alias, version: before.version });
    const removed = await post("mlflow/registered-models/alias", alias, "DELETE");
    const own = await post("mlflow/registered-models/create", { name: `trial-${Date.now()}` });
    expect([moved.status, removed.status, own.status]).toEqual([403, 403, 200]);
    expect(await champion()).toEqual(before);
  });
});
