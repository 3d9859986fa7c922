import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, matchesGlob } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { nodeBinary, projectRoot } from "../local/home";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-pipeline-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Lets gitlab-ci-local read a pipeline, which it holds against GitLab's own schema; gives what it said. */
function judge(text: string) {
  writeFileSync(join(folder, ".gitlab-ci.yml"), text);
  const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
  git("init", "-b", "main");
  git("remote", "add", "origin", "git@gitlab.example.com:ecluse/platform.git");
  git("add", ".");
  git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-m", "Pipeline");
  // What changed is asked for of the remote's branch.
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  const program = join(projectRoot, "node_modules/gitlab-ci-local/dist/index.js");
  const { status, stdout, stderr } = spawnSync(nodeBinary, [program, "--force-shell-executor", "--list"], {
    cwd: folder,
    env: { HOME: folder, PATH: [join(projectRoot, "local/forge/shims"), process.env.PATH].join(delimiter) },
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

describe("the platform's pipeline", () => {
  const text = readFileSync(join(projectRoot, ".gitlab-ci.yml"), "utf8");

  it("is valid by GitLab's schema", () => {
    const { status, said } = judge(text);
    expect(said).toContain("json schema validated");
    expect(status).toBe(0);
  });

  it("would be refused with a wrong key", () => {
    const { status, said } = judge(text.replace("expire_in:", "expires:"));
    expect(said).toContain("'expires' property is not expected to be here");
    expect(status).not.toBe(0);
  });
});

describe("its jobs", () => {
  const pipeline = parse(readFileSync(join(projectRoot, ".gitlab-ci.yml"), "utf8")) as Record<
    string,
    { extends?: string | string[]; rules?: { changes?: string[]; if?: string; when?: string }[] }
  >;

  it("makes images for what they are made of alone, so that pinning them does not begin it again", () => {
    for (const job of ["build-image", "mirror", "digests"])
      expect(pipeline[job]?.extends).toBe(".on-image-change");
    const changes = pipeline[".on-image-change"]?.rules?.flatMap((rule) => rule.changes ?? []) ?? [];
    expect(changes.some((glob) => matchesGlob("images/digests.yaml", glob))).toBe(false);
    const copied = ["mlflow", "serving", "monitor", "python-base", "objects", "deployer"].flatMap((image) => {
      const given = join(projectRoot, "images", image, "Dockerfile.dockerignore");
      const lines = existsSync(given) ? readFileSync(given, "utf8").split("\n") : [];
      const sources = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
      return [`images/${image}/Dockerfile`, ...sources.map((source) => source.replace("*", "x"))];
    });
    expect(copied.filter((path) => !changes.some((glob) => matchesGlob(path, glob)))).toEqual([]);
  });

  it(
    "that change the platform never run for a use case that asks for a release, nor for a person who asks " +
      "for another champion, and only those of either do",
    () => {
      const ofJob = (name: string): string[] => {
        const { extends: bases = [], rules } = pipeline[name] ?? {};
        return rules?.map((rule) => rule.if ?? "") ?? [bases].flat().flatMap(ofJob);
      };
      const known = ["stages", "workflow", "variables", "default"];
      const jobs = Object.keys(pipeline).filter((name) => !name.startsWith(".") && !known.includes(name));
      const asked = (kind: string) => jobs.filter((name) => name.startsWith(`${kind}-`));
      expect(asked("release")).toEqual(["release-dev", "release-prod"]);
      expect(asked("champion")).toEqual(["champion-dev", "champion-prod"]);
      expect(asked("rollout")).toEqual(["rollout-dev", "rollout-prod"]);
      for (const name of jobs) {
        const [, kind, environment] = /^(release|champion|rollout)-(.*)/.exec(name) ?? [];
        const sources = {
          release: '$CI_PIPELINE_SOURCE == "pipeline"',
          // A person's alone: no token of a job makes a pipeline of this source.
          champion: '$CI_PIPELINE_SOURCE == "web" && $ECLUSE_TASK =~ /^(promote|rollback)$/',
          // Of a schedule of this project, whose owner must be allowed to run main.
          rollout: '$CI_PIPELINE_SOURCE == "schedule" && $ECLUSE_TASK == "rollout"',
        };
        const wanted = kind
          ? `${sources[kind as keyof typeof sources]} && $ECLUSE_ENVIRONMENT == "${environment}" && ` +
            "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"
          : '$CI_PIPELINE_SOURCE != "pipeline" && $ECLUSE_TASK == null';
        expect(ofJob(name).length).toBeGreaterThan(0);
        for (const rule of ofJob(name)) expect(rule.startsWith(wanted), `${name}: ${rule}`).toBe(true);
      }
    },
  );

  it.each([
    ["dev", "development"],
    ["prod", "production"],
  ])(
    "change the champion of %s alone, under its tokens, on its own runner, one at a time",
    (environment, tier) => {
      for (const kind of ["release", "champion", "rollout"])
        expect(pipeline[`${kind}-${environment}`]).toMatchObject({
          extends: `.${kind}`,
          tags: [`ecluse-release-${environment}`],
          resource_group: `release-${environment}-$ECLUSE_USE_CASE`,
          environment: { name: environment, deployment_tier: tier },
          id_tokens: {
            MLFLOW_TRACKING_TOKEN: { aud: `ecluse-${environment}-tracking` },
            ECLUSE_SERVING_TOKEN: { aud: `ecluse-${environment}-serving` },
          },
        });
    },
  );

  it("judges by the rules wherever it previews or updates", () => {
    const scripts = JSON.stringify([pipeline[".preview"], pipeline[".up"]]);
    expect(scripts.match(/pulumi (preview|up) [^"]*/g)).toEqual([
      expect.stringContaining("--policy-pack policies"),
      expect.stringContaining("--policy-pack policies"),
    ]);
  });
});
