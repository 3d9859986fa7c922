import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { type Fixture, makeForge } from "./fixture";
import { merge } from "./merge";
import type { PipelineRecord } from "./records";
import type { JobWork, Release } from "./run";
import { setVariable } from "./variables";

const MAIN = "rules: [{if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'}]";
const DEV_SECRET = "dev-secret-$HOME-0123456789";
const PROD_SECRET = "prod-secret-9876543210-abcdef";

const CHAIN = `
workflow: {rules: [{if: $CI_COMMIT_BRANCH}]}
stages: [check, dev, prod, release]
default: {before_script: ["echo before"]}
check:
  stage: check
  script: ["env | sort", "mkdir -p out", "echo built > out/wheel", "ln -s /etc/hostname out/link"]
  artifacts: {paths: [out/]}
train-dev:
  stage: dev
  environment: dev
  id_tokens: {MLFLOW_TRACKING_TOKEN: {aud: ecluse-dev-tracking}}
  script:
    - cat out/wheel
    - test ! -e out/link
    - echo "plain $ECLUSE_DATA_URL"
    - printf %s "$MLFLOW_TRACKING_TOKEN" | base64
    - echo "token $MLFLOW_TRACKING_TOKEN"
    - (cat /proc/[0-9]*/cmdline || true) 2> /dev/null | tr '\\0' ' ' > cmdlines
    - if grep -F "$MLFLOW_TRACKING_TOKEN" cmdlines; then exit 7; fi
    - if grep -F "$ECLUSE_DATA_URL" cmdlines; then exit 8; fi
    - echo "digest $(printf %s "$ECLUSE_DATA_URL" | sha256sum | cut -c1-12)"
    - mkdir model && echo weights > model/dev
  artifacts: {paths: [model]}
train-prod:
  stage: prod
  environment: {name: prod, deployment_tier: production}
  ${MAIN}
  dependencies: []
  id_tokens: {MLFLOW_TRACKING_TOKEN: {aud: ecluse-prod-tracking}}
  script: ["test ! -e model", "echo ran > ran", "env | sort", "echo $MLFLOW_TRACKING_TOKEN | cut -d. -f2 > claims"]
  artifacts: {paths: [claims]}
release-dev:
  stage: prod
  ${MAIN}
  variables: {ECLUSE_ENVIRONMENT: dev}
  trigger: {project: ecluse/platform, strategy: depend}
release-prod:
  stage: release
  ${MAIN}
  variables: {ECLUSE_ENVIRONMENT: prod}
  trigger: {project: ecluse/platform, strategy: depend}
`;

function withVariables(): Fixture {
  const forge = makeForge();
  const base = { project: forge.project.id, key: "ECLUSE_DATA_URL", masked: true };
  setVariable(forge.home, { ...base, environmentScope: "dev", value: DEV_SECRET, protected: false });
  setVariable(forge.home, { ...base, environmentScope: "prod", value: PROD_SECRET, protected: true });
  return forge;
}

function logOf(forge: Fixture, record: PipelineRecord, job: string): string {
  const log = record.jobs.find((candidate) => candidate.name === job)?.log;
  return log ? readFileSync(join(forge.home, "forge", log), "utf8") : "";
}

const statuses = (record: PipelineRecord) =>
  Object.fromEntries(record.jobs.map((job) => [job.name, job.status]));

describe("the chain from a branch to production", () => {
  it("runs jobs apart, masks logs, reuses on main, and releases under the platform's token", async () => {
    process.env.ECLUSE_CANARY = "caller-canary-value";
    const forge = withVariables();
    const lines: string[] = [];
    const sha = forge.commit({ ".gitlab-ci.yml": CHAIN });
    const onEvent = (event: { type: string; line?: string }) => event.line && lines.push(event.line);
    const branch = await forge.run(sha, { onEvent });
    expect(branch.reason).toBeUndefined();
    expect(statuses(branch)).toEqual({ check: "passed", "train-dev": "passed" });

    const check = logOf(forge, branch, "check");
    expect(check).toContain("CI_COMMIT_REF_PROTECTED=false");
    expect(check).not.toMatch(/caller-canary-value|ECLUSE_DATA_URL|TOKEN/);
    const train = logOf(forge, branch, "train-dev");
    expect(train).toContain("plain [MASKED]");
    expect(train).toContain("token [MASKED]");
    expect(train).toContain(digest(DEV_SECRET)); // the value arrived, `$` and all
    expect(train + lines.join("\n")).not.toMatch(/dev-secret|eyJ|ZXlK/);
    expect(train).not.toMatch(/[A-Za-z0-9]{30}/);

    expect(merge({ home: forge.home, project: forge.project, branch: "work", sha })).toBe(sha);
    const releases: Release[] = [];
    const platform = {
      project: forge.platform,
      release: async (asked: Release) => void releases.push(asked),
    };
    const main = await forge.run(sha, { ref: "main", platform });
    expect(main.reason).toBeUndefined();
    expect(statuses(main)).toEqual({
      check: "reused",
      "train-dev": "reused",
      "train-prod": "passed",
      "release-dev": "passed",
      "release-prod": "passed",
    });
    expect(main.jobs[0]?.reusedFrom).toBe(branch.id);
    expect(logOf(forge, main, "train-prod")).toContain("ECLUSE_DATA_URL=[MASKED]");
    expect(releases.map(({ environment, sha: released }) => [environment, released])).toEqual([
      ["dev", sha],
      ["prod", sha],
    ]);
    expect(decodeJwt(releases[1]?.tokens.tracking ?? "")).toMatchObject({
      aud: "ecluse-prod-tracking",
      project_path: "ecluse/platform",
      environment: "prod",
      ref: "main",
      ref_protected: "true",
    });
    const again = await forge.run(sha, { ref: "main", platform });
    // What was released since, from another branch, is champion: a reused release would leave it there.
    const ofReleases = { "release-dev": "passed", "release-prod": "passed" };
    expect(statuses(again)).toEqual({
      ...{ check: "reused", "train-dev": "reused", "train-prod": "reused" },
      ...ofReleases,
    });
    expect(releases).toHaveLength(4);

    // Another version of the data: what was trained on the former one is of no use.
    const scope = { project: forge.project.id, environmentScope: "dev", masked: false, protected: false };
    setVariable(forge.home, { ...scope, key: "ECLUSE_DATA_VERSION", value: "2" });
    expect(statuses(await forge.run(sha, { ref: "main", platform }))).toEqual({
      ...{ check: "reused", "train-dev": "passed", "train-prod": "reused" },
      ...ofReleases,
    });
    expect(readdirSync(join(forge.home, "forge", "builds"))).toEqual([]);
  }, 60_000);

  it("stops at a failing check, so that nothing later runs and nothing merges", async () => {
    const forge = withVariables();
    const failing = CHAIN.replace('"env | sort", "mkdir', '"exit 3", "mkdir');
    const sha = forge.commit({ ".gitlab-ci.yml": failing });
    expect(() => merge({ home: forge.home, project: forge.project, branch: "work", sha })).toThrow(
      /no pipeline ran/,
    );
    const record = await forge.run(sha);
    expect(statuses(record)).toEqual({ check: "failed", "train-dev": "skipped" });
    expect(() => merge({ home: forge.home, project: forge.project, branch: "work", sha })).toThrow(
      /not green: check: its script failed/,
    );
  }, 30_000);

  it("runs one job alone with what it needs, by which nothing merges, and shows why it failed", async () => {
    const forge = withVariables();
    const failing = CHAIN.replace('echo "token', 'echo "the reason" && exit 3; echo "token');
    const sha = forge.commit({ ".gitlab-ci.yml": failing });
    const alone = await forge.run(sha, { only: "check" });
    expect(statuses(alone)).toEqual({ check: "passed" });
    expect(alone.status).toBe("passed");
    expect(() => merge({ home: forge.home, project: forge.project, branch: "work", sha })).toThrow(
      /no pipeline ran/,
    );
    const training = await forge.run(sha, { only: "train-dev" });
    expect(statuses(training)).toEqual({ check: "reused", "train-dev": "failed" });
    expect(training.jobs.at(-1)?.telling).toContain("the reason");
    expect((await forge.run(sha, { only: "train-lab" })).reason).toBe(
      "there is no job train-lab: use one of check, train-dev",
    );
    const main = await forge.run(forge.onMain(sha), { ref: "main", only: "check" });
    expect(main.reason).toBe("one job alone is run of a branch, not of main");
  }, 120_000);

  it("does not release when a production job failed", async () => {
    const forge = withVariables();
    const broken = CHAIN.replace('"test ! -e model"', '"exit 1"');
    const failing = broken.replace("stage: release", "stage: release\n  when: always");
    const sha = forge.commit({ ".gitlab-ci.yml": failing });
    let released = 0;
    const platform = { project: forge.platform, release: async () => void released++ };
    const early = await forge.run(sha, { ref: "main", platform });
    expect(early.reason).toMatch(/main is at [0-9a-f]{8}, not at [0-9a-f]{8}; merge first/);
    const record = await forge.run(forge.onMain(sha), { ref: "main", platform });
    expect(record.reason).toMatch(/train-prod: its script failed/);
    expect(statuses(record)).toMatchObject({ "train-prod": "failed", "release-prod": "failed" });
    expect(record.jobs.at(-1)?.reason).toMatch(/not passed: train-prod/);
    expect(released).toBe(1);
  }, 30_000);
});

it("has others run its jobs: they are given all that GitLab gives, and their files are kept", async () => {
  const forge = withVariables();
  const sha = forge.commit({
    ".gitlab-ci.yml": `
stages: [dev]
default: {image: $CI_REGISTRY_IMAGE:locked}
train-dev:
  stage: dev
  tags: [ecluse-dev]
  environment: dev
  rules: [{if: $CI_REGISTRY_IMAGE}]
  id_tokens: {MLFLOW_TRACKING_TOKEN: {aud: ecluse-dev-tracking}}
  script: ["exit 1"]
  artifacts: {paths: [model]}
`,
  });
  const work: JobWork[] = [];
  const execute = async (given: JobWork) => {
    work.push(given);
    mkdirSync(join(given.checkout, "model"));
    writeFileSync(join(given.checkout, "model/dev"), "weights");
    given.log(`secret ${given.variables.ECLUSE_DATA_URL}`);
    return 0;
  };
  const forgeUrl = "https://gitlab.example.com";
  const record = await forge.run(sha, { execute, forgeUrl, registry: "registry.example.com/ecluse" });
  expect([record.reason, statuses(record)]).toEqual([undefined, { "train-dev": "passed" }]);
  const [given] = work as [JobWork];
  expect([given.job.image, given.job.tags]).toEqual(["$CI_REGISTRY_IMAGE:locked", ["ecluse-dev"]]);
  expect(given.variables).toMatchObject({
    CI_REGISTRY: "registry.example.com",
    CI_REGISTRY_IMAGE: "registry.example.com/ecluse/churn",
    ECLUSE_DATA_URL: DEV_SECRET,
  });
  expect(given.variables).not.toHaveProperty("ECLUSE_PLATFORM"); // their image says where its own is
  expect(decodeJwt(given.variables.MLFLOW_TRACKING_TOKEN ?? "").iss).toBe(forgeUrl);
  expect(logOf(forge, record, "train-dev")).toBe("secret [MASKED]\n");
  const kept = join(forge.home, "forge", record.jobs[0]?.artifacts ?? "");
  expect(readFileSync(join(kept, "model/dev"), "utf8")).toBe("weights");
  expect(existsSync(join(forge.home, "forge/images"))).toBe(false);
});

describe("refused before anything runs", () => {
  const job = (extra: string) => `stages: [a, b]\njob:\n  stage: b\n  script: ["touch ran"]\n${extra}`;
  const devArtifacts =
    "\ntrain:\n  stage: a\n  environment: dev\n  script: [x]\n  artifacts: {paths: [model]}\n";
  const cached = "\ntrain:\n  stage: a\n  environment: dev\n  script: [x]\n  cache: {key: k, paths: [c]}\n";
  it.each([
    ["production on a branch", "work", job("  environment: prod"), /prod is for main only, this is work/],
    [
      "production's audience in a dev job",
      "main",
      job("  environment: dev\n  id_tokens: {T: {aud: ecluse-prod-tracking}}"),
      /ecluse-prod-tracking is not of the job's environment dev/,
    ],
    [
      "an audience without environment",
      "work",
      job("  id_tokens: {T: {aud: ecluse-dev-tracking}}"),
      /the job has none/,
    ],
    ["an unknown environment", "work", job("  environment: staging"), /staging is not one of: dev, prod/],
    [
      "another tier",
      "work",
      job("  environment: {name: dev, deployment_tier: production}"),
      /deployment_tier/,
    ],
    [
      "artifacts by needs",
      "main",
      job("  environment: prod\n  needs: [train]") + devArtifacts,
      /artifacts of train/,
    ],
    [
      "artifacts by dependencies",
      "main",
      job("  environment: prod\n  dependencies: [train]") + devArtifacts,
      /artifacts of train/,
    ],
    ["artifacts of earlier stages", "main", job("  environment: prod") + devArtifacts, /artifacts of train/],
    [
      "artifacts through a job of no environment",
      "main",
      job("  needs: [train]") + devArtifacts,
      /artifacts of train/,
    ],
    [
      "a shared cache",
      "main",
      job("  environment: prod\n  cache: {key: k, paths: [c]}") + cached,
      /shares cache "k" with train/,
    ],
    ["services", "work", job("  services: [postgres]"), /job: services is not supported/],
    [
      "a remote include",
      "work",
      `include: [{remote: 'https://x.test/a.yml'}]\n${job("")}`,
      /include is not supported/,
    ],
    ["parallel", "work", job("  parallel: 2"), /parallel/],
    [
      "a workflow for another ref",
      "work",
      `workflow: {rules: [{if: '$CI_COMMIT_BRANCH == "x"'}]}\n${job("")}`,
      /no pipeline/,
    ],
    ["another trigger", "work", "job:\n  trigger: {project: a/b}\n", /trigger is not supported/],
    [
      "a pipeline that a job writes",
      "work",
      job("  artifacts: {paths: [a.yml]}\n") +
        "next:\n  stage: b\n  needs: [job]\n  trigger: {include: [{artifact: a.yml, job: job}]}\n",
      /next refused: it starts a child pipeline/,
    ],
    ["a computed environment", "work", job("  environment: $WHERE"), /environment must be a literal/],
    [
      "a file for gitlab-ci-local alone",
      "work",
      job(""),
      /gitlab-ci-local-env would change only the local run/,
    ],
    ["a broken file", "work", "job: {stage: nowhere, script: [x]}", /refused by gitlab-ci-local/],
  ])("%s", async (name, ref, yaml, reason) => {
    const forge = makeForge();
    const extra = name.startsWith("a file for") ? { ".gitlab-ci-local-env": "PRIVILEGED=true" } : undefined;
    const record = await forge.run(forge.commit({ ".gitlab-ci.yml": yaml, ...extra }), { ref });
    expect(record.status).toBe("failed");
    expect(record.reason).toMatch(reason);
    expect(record.jobs.filter((entry) => entry.startedAt || entry.log)).toEqual([]);
  });

  it("a release to production from a branch", async () => {
    const forge = makeForge();
    const yaml = "job:\n  trigger: {project: ecluse/platform}\n  variables: {ECLUSE_ENVIRONMENT: prod}\n";
    let released = 0;
    const platform = { project: forge.platform, release: async () => void released++ };
    const record = await forge.run(forge.commit({ ".gitlab-ci.yml": yaml }), { platform });
    expect(record.reason).toMatch(/prod is for main only/);
    const main = await forge.run(forge.onMain(forge.commit({ ".gitlab-ci.yml": yaml })), {
      platform,
      ref: "main",
    });
    expect(main.reason).toMatch(/none ran/);
    expect(released).toBe(0);
  });
});

describe("a confined job", () => {
  it("reads no secret, reaches no foreign port, leaves no process, and writes its checkout", async () => {
    const forge = withVariables();
    writeFileSync(join(forge.home, "keys", "canary"), "key-canary");
    const servers = await Promise.all([listen(), listen()]);
    const [own, foreign] = servers.map((server) => (server.address() as { port: number }).port) as [
      number,
      number,
    ];
    const tries = [
      `if cat '${forge.home}/keys/canary'; then exit 21; fi`,
      `if ls '${forge.home}/forge'; then exit 22; fi`,
      "if ls /root || ls /home; then exit 23; fi",
      "if cat /proc/1/environ | grep -q .; then exit 24; fi",
      `if (exec 3<>/dev/tcp/127.0.0.1/${foreign}); then exit 25; fi`,
      `exec 3<>/dev/tcp/127.0.0.1/${own}`,
      "if kill -0 $FORGE_PID; then exit 26; fi",
      "if touch /tmp/escaped /usr/escaped; then exit 27; fi",
      "echo ok > written && cat written",
      `(setsid sleep ${marked(987)} >/dev/null 2>&1 &)`,
    ];
    const yaml =
      `job:\n  environment: dev\n  variables: {FORGE_PID: "${process.pid}"}\n  script: ` +
      `${JSON.stringify(tries)}\n`;
    const record = await forge.run(forge.commit({ ".gitlab-ci.yml": yaml }), {
      allowedPorts: { dev: [own] },
    });
    for (const server of servers) server.close();
    expect(record.confinement).toMatch(/^Landlock ABI/);
    expect([record.reason, logOf(forge, record, "job")].join("\n")).toMatch(/^\n[\s\S]*\nok\n/);
    expect(running(`sleep\u0000${marked(987)}`)).toBe(false);
  }, 30_000);

  it("of no environment reaches no port at all", async () => {
    const forge = makeForge();
    const server = await listen();
    const { port } = server.address() as { port: number };
    const yaml = `job:\n  script: ${JSON.stringify([`exec 3<>/dev/tcp/127.0.0.1/${port}`])}\n`;
    const record = await forge.run(forge.commit({ ".gitlab-ci.yml": yaml }));
    expect([record.status, logOf(forge, record, "job")].join()).toMatch(/^failed[\s\S]*Permission denied/);
    server.close();
  });

  it.runIf(process.getuid?.() === 0)("is another user where Landlock cannot be had", async () => {
    const forge = withVariables();
    chmodSync(dirname(forge.home), 0o711);
    const tries = [
      "id -u",
      `if cat '${forge.home}/keys/dev'; then exit 21; fi`,
      `if ls '${forge.home}'; then exit 22; fi`,
    ];
    const yaml = `job:\n  environment: dev\n  script: ${JSON.stringify([...tries, "echo ok > x"])}\n`;
    const sha = forge.commit({ ".gitlab-ci.yml": yaml });
    const python = join(__dirname, "../..", ".venv", "bin", "python");
    const record = await forge.run(sha, {
      confinement: { python, mode: "user", namespaces: true, note: "another user" },
    });
    expect([record.reason, logOf(forge, record, "job")].join("\n")).toMatch(/^\n[\s\S]*\n61001\n/);
    expect(statSync(join(forge.home, "forge", "projects.json")).mode & 0o077).toBe(0);
  });

  it("cannot use the expansion of rules, which is JavaScript, to read a secret", async () => {
    const forge = withVariables();
    writeFileSync(join(forge.home, "keys", "canary"), "key-canary");
    const read = `process.getBuiltinModule('fs').readFileSync('${forge.home}/keys/canary') == 1`;
    const yaml = `job:\n  rules: [{if: "${read}"}]\n  script: [x]\n`;
    const record = await forge.run(forge.commit({ ".gitlab-ci.yml": yaml }));
    expect(record.status).toBe("failed");
    expect(JSON.stringify(record)).not.toContain("key-canary");
  });

  it("cannot lead the forge to write through a link that its rules made", async () => {
    const forge = makeForge();
    const victim = join(forge.home, "..", "victim");
    const link = `process.getBuiltinModule("fs").symlinkSync(${JSON.stringify(victim)}, "../state/workflow.yml") || true`;
    const yaml = {
      workflow: { rules: [{ exists: ["a\ntouch /tmp/x\nb"] }, { when: "always" }] },
      job: { rules: [{ if: link }], script: ["true"] },
    };
    await forge.run(forge.commit({ ".gitlab-ci.yml": JSON.stringify(yaml) }));
    expect(existsSync(victim)).toBe(false);
  });

  it("is ended by its timeout and by a cancelled pipeline", async () => {
    const forge = makeForge();
    const slow = await forge.run(
      forge.commit({ ".gitlab-ci.yml": `job: {timeout: 2 seconds, script: [sleep ${marked(654)}]}` }),
    );
    expect(slow.reason).toMatch(/longer than its timeout of 2 s/);
    const cancel = new AbortController();
    const onEvent = (event: { type: string }) => event.type === "line" && cancel.abort();
    const sha = forge.commit({ ".gitlab-ci.yml": `job: {script: [sleep ${marked(655)}]}` });
    const cancelled = await forge.run(sha, { signal: cancel.signal, onEvent });
    expect(cancelled.reason).toMatch(/cancelled/);
    expect([654, 655].some((seconds) => running(`sleep\u0000${marked(seconds)}`))).toBe(false);
  }, 30_000);
});

function listen(): Promise<import("node:net").Server> {
  return new Promise((done) => {
    const server = createServer((socket) => socket.on("error", () => {}).end());
    server.listen(0, "127.0.0.1", () => done(server));
  });
}

/** So many seconds, in a word that no other run of the tests has. */
function marked(seconds: number): string {
  return `${seconds}.${process.pid}`;
}

function running(commandLine: string): boolean {
  return readdirSync("/proc").some((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(commandLine);
    } catch {
      return false; // it ended meanwhile
    }
  });
}

function digest(text: string): string {
  return `digest ${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
}
