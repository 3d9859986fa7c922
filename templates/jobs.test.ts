import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../local/home";
import { python } from "../local/provider/supervisor";
import { expand, type Found, four, pipelineFile, type Step, three, two } from "./fixture";

const checks = ["check", "unit-test"];
const chain = (environment: string) => ["train", "test", "release"].map((job) => `${job}-${environment}`);
const promoted = (environment: string) => [`promote-${environment}`, ...chain(environment)];

describe("the jobs of a pipeline", () => {
  const schedule = (task: string, environment = "prod") => ({
    ECLUSE_TASK: task,
    ECLUSE_ENVIRONMENT: environment,
  });
  const retraining = { ...schedule("retrain"), ECLUSE_RETRAINING: "retraining of prod" };
  it.each<[string, readonly Step[], string, Record<string, string>, string[]]>([
    ["two environments, a branch", two, "work", {}, [...checks, ...chain("dev")]],
    ["two, main", two, "main", {}, [...checks, ...chain("dev"), "package", ...promoted("prod")]],
    [
      "three, main",
      three,
      "main",
      {},
      [...checks, ...chain("dev"), "package", ...["integration", "prod"].flatMap(promoted)],
    ],
    ["four, a branch", four, "work", {}, [...checks, ...chain("dev")]],
    ["the monitor's schedule", four, "main", schedule("monitor"), ["monitor-prod"]],
    ["the retraining's schedule", four, "main", schedule("retrain"), [...chain("prod"), "retrain-prod"]],
    ["the monitor's retraining", two, "main", retraining, [...chain("prod"), "retrain-prod"]],
    ["a schedule on a branch", two, "work", schedule("retrain"), []],
    ["a schedule that asks", four, "main", schedule("asked"), ["asked-prod", "retraining-prod"]],
    ["a schedule of a branch that asks", two, "work", schedule("asked"), []],
  ])("%s", async (_name, steps, ref, variables, names) => {
    const { names: found } = await expand(
      pipelineFile(steps),
      ref,
      variables.ECLUSE_RETRAINING ? "trigger" : variables.ECLUSE_TASK ? "schedule" : "push",
      variables,
    );
    expect([...found].sort()).toEqual([...names].sort());
  });

  it("refuses to retrain where nothing guards it", async () => {
    const asked = expand(pipelineFile(two), "main", "schedule", schedule("retrain", "dev"));
    await expect(asked).rejects.toThrow(/retrain-dev.* for train-dev could not be found/);
  });

  it("a task that no schedule asks for runs nothing", async () => {
    expect((await expand(pipelineFile(two), "main", "web", schedule("retrain"))).names).toEqual([]);
    for (const source of ["web", "api", "trigger", "pipeline", "parent_pipeline", "push"])
      expect((await expand(pipelineFile(two), "main", source, schedule("asked"))).names).toEqual([]);
  });

  it("trains again by the very file that the job has written, of this environment and by nobody's hand", async () => {
    const { raw } = await expand(pipelineFile(two), "main", "schedule", schedule("asked"));
    expect(raw["asked-prod"]).toMatchObject({
      environment: { name: "prod", deployment_tier: "production", action: "verify" },
      id_tokens: { MLFLOW_TRACKING_TOKEN: { aud: "ecluse-prod-tracking" } },
      tags: ["ecluse-prod"],
      artifacts: { paths: ["retraining.yml"] },
    });
    expect(raw["retraining-prod"]).toMatchObject({
      inherit: { variables: false },
      variables: { ECLUSE_TASK: "retrain", ECLUSE_ENVIRONMENT: "prod" },
      trigger: { include: [{ artifact: "retraining.yml", job: "asked-prod" }], strategy: "depend" },
    });
    for (const [approval, when] of [
      [false, "on_success"],
      [true, "manual"],
    ] as const) {
      const { pipeline } = await expand(written(approval), "main", "parent_pipeline", schedule("retrain"));
      expect(pipeline.jobs.map(({ name, when }) => [name, when]).sort()).toEqual([
        ["release-prod", "on_success"],
        ["retrain-prod", when],
        ["test-prod", "on_success"],
        ["train-prod", "on_success"],
      ]);
      expect(pipeline.variables).toMatchObject({
        ECLUSE_RETRAINING: "retraining of prod: version 1, 2026-11-02",
      });
    }
    expect((await expand(written(false), "work", "parent_pipeline", schedule("retrain"))).names).toEqual([]);
  });

  it("trains in the job, once or twice, or makes the run that a pod trains into", async () => {
    const script = async (file: string) =>
      (await expand(file, "main")).raw["train-dev"]?.script?.join("\n") ?? "";
    const said = (text: string) =>
      execFileSync("bash", ["-ec", `python() { echo "$@"; }\n${text}`], { encoding: "utf8" })
        .trim()
        .split("\n");
    const file = pipelineFile(two);
    expect(said(await script(file))).toEqual(["-m ecluse train", "-m ecluse_monitor baseline"]);
    const inPod = file.replace("action: access", "action: access, in_pod: true");
    expect(said(await script(inPod))).toEqual(["-m ecluse train --in-pod"]);
    const twice = file.replace("action: access", "action: access, twice: true");
    expect(said(await script(twice))).toEqual([
      "-m ecluse train",
      "-m ecluse train",
      "-m ecluse_monitor baseline",
    ]);
  });

  it("waits for a hand before the next environment, while nothing is deployed by itself", async () => {
    const way = pipelineFile([...two.slice(0, 1), ["recette", "staging"], ...two.slice(1)]);
    const when = async (variables: Record<string, string>) =>
      (await expand(way, "main", "push", variables)).pipeline.jobs.find(
        ({ name }) => name === "promote-recette",
      )?.when;
    expect([await when({}), await when({ CI_DEPLOY_FREEZE: "true" })]).toEqual(["on_success", "manual"]);
  });

  it("lets somebody start a retraining that the use case wants approved", async () => {
    const asked = { ECLUSE_TASK: "retrain", ECLUSE_ENVIRONMENT: "prod", ECLUSE_APPROVAL: "manual" };
    const of = async (source: string) =>
      (await expand(pipelineFile(two), "main", source, asked)).pipeline.jobs.map(
        ({ name, when, allowFailure }) => [name, when, allowFailure],
      );
    expect(await of("trigger")).toContainEqual(["retrain-prod", "manual", false]);
    expect(await of("schedule")).toContainEqual(["retrain-prod", "on_success", false]);
  });

  it("builds and signs an image where there is a registry and a key", async () => {
    const registry = { CI_REGISTRY_IMAGE: "registry.example.com/ecluse/churn" };
    const { names } = await expand(pipelineFile(two), "main", "push", registry);
    expect(names.filter((name) => /image|sign/.test(name))).toEqual(["build-image"]);
    const signed = await expand(pipelineFile(two), "main", "push", {
      ...registry,
      COSIGN_KEY: "azurekms://v/k",
      COSIGN_IMAGE: "registry.example.com/cosign:2",
    });
    expect(signed.names.filter((name) => /image|sign/.test(name))).toEqual(["build-image", "sign"]);
    expect(
      signed.pipeline.jobs.find(({ name }) => name === "promote-prod")?.needs?.map(({ job }) => job),
    ).toEqual(["release-dev", "package", "build-image", "sign"]);
  });
});

/** What `python -m ecluse_monitor.watch asked` writes; the addresses stay variables, which the forge here reads. */
function written(approval: boolean): string {
  const program = [
    "import sys",
    "from ecluse_monitor.asking import Job, pipeline",
    "names = ('CI_SERVER_FQDN', 'CI_PROJECT_NAMESPACE')",
    "job = Job(9, 'https://gitlab.example.com/9', 'prod', {name: '$' + name for name in names})",
    "wanted = {'key': 'retraining of prod: version 1, 2026-11-02', 'approval': sys.argv[1] == 'true'}",
    "print(pipeline(wanted, job, sys.stdin.read()))",
  ].join("\n");
  return execFileSync(python, ["-c", program, String(approval)], {
    input: pipelineFile(two),
    encoding: "utf8",
    env: { PYTHONPATH: join(projectRoot, "python") },
  });
}

describe("each job of four environments on main", () => {
  let found: Found;
  beforeAll(async () => {
    found = await expand(pipelineFile(four), "main");
  });
  const job = (name: string) => found.pipeline.jobs.find((one) => one.name === name);

  it("of an environment has its environment, a resource group, a token of it alone, and its own runner", () => {
    for (const [environment, tier] of four)
      for (const name of [`train-${environment}`, `test-${environment}`]) {
        const raw = found.raw[name];
        expect(raw?.environment).toMatchObject({ name: environment, deployment_tier: tier });
        expect(raw?.resource_group).toBe(`${environment}-$CI_COMMIT_REF_SLUG`);
        expect(raw?.id_tokens?.MLFLOW_TRACKING_TOKEN?.aud).toBe(`ecluse-${environment}-tracking`);
        expect(raw?.id_tokens?.AZURE_ID_TOKEN?.aud).toBe("api://AzureADTokenExchange");
        expect(raw?.tags).toEqual([`ecluse-${environment}`]);
      }
    for (const name of ["monitor-prod", "retrain-prod", "asked-prod"])
      expect(found.raw[name]).toMatchObject({
        environment: { name: "prod", deployment_tier: "production", action: "verify" },
        resource_group: "prod-$CI_COMMIT_REF_SLUG",
        interruptible: false,
        id_tokens: { MLFLOW_TRACKING_TOKEN: { aud: "ecluse-prod-tracking" } },
        tags: ["ecluse-prod"],
      });
    expect(found.raw["release-prod"]?.resource_group).toBe("prod");
  });

  it("of production runs on the default branch alone", () => {
    for (const name of Object.keys(found.raw).filter((one) => one.endsWith("-prod"))) {
      const running = found.raw[name]?.rules.filter((rule) => rule.when !== "never") ?? [];
      expect(running.length).toBeGreaterThan(0);
      for (const rule of running)
        expect(rule.if).toMatch(/"production" == "development"|\$CI_COMMIT_BRANCH == \$CI_DEFAULT_BRANCH$/);
    }
  });

  it("waits for its gate: checks, then what promoted the commit", () => {
    const needs = (name: string) =>
      job(name)
        ?.needs?.filter(({ optional }) => !optional)
        .map((need) => need.job);
    expect(needs("train-dev")).toEqual(checks);
    for (const [index, [environment]] of [...four.entries()].slice(1)) {
      expect(needs(`promote-${environment}`)).toEqual([`release-${four[index - 1]?.[0]}`, "package"]);
      expect(needs(`train-${environment}`)).toEqual([`promote-${environment}`]);
      expect(job(`train-${environment}`)?.dependencies).toEqual([]);
      expect(job(`promote-${environment}`)?.environment).toBeUndefined();
      expect(job(`promote-${environment}`)?.when).toBe(environment === "prod" ? "manual" : "on_success");
      expect(job(`promote-${environment}`)?.allowFailure).toBe(false);
      expect(needs(`test-${environment}`)).toEqual([`train-${environment}`]);
      expect(needs(`release-${environment}`)).toEqual([`test-${environment}`]);
    }
  });

  it("that runs Python begins with the packages of the lock, and the kit from the platform's page", () => {
    const python = Object.entries(found.raw).filter(([, { script }]) => script?.join().includes("python -m"));
    expect(python).toHaveLength(14);
    for (const [name, { before_script = [] }] of python) {
      const said = before_script.join("\n");
      expect(said, name).toContain(
        'UV_FIND_LINKS="$kit_page" VIRTUAL_ENV="$PWD/.venv" uv pip sync --require-hashes',
      );
      expect(said.includes("AZURE_FEDERATED_TOKEN_FILE"), name).toBe(/^(train|test)-/.test(name));
    }
  });

  it("finds the kit on one page, also of a group within a group", () => {
    const { before_script: [line = ""] = [] } = found.raw.check ?? {};
    const env = {
      CI_SERVER_PROTOCOL: "https",
      CI_SERVER_HOST: "gitlab.example.com",
      CI_SERVER_PORT: "443",
      CI_PROJECT_NAMESPACE: "bank/ecluse",
      CI_JOB_TOKEN: "token",
      PATH: "/usr/bin:/bin",
    };
    expect(execFileSync("sh", ["-euc", `${line}; printf %s "$kit_page"`], { env, encoding: "utf8" })).toBe(
      "https://gitlab-ci-token:token@gitlab.example.com:443/api/v4/projects/bank%2Fecluse%2Fplatform/packages/pypi/simple/ecluse",
    );
  });

  it("keeps its artifacts for a time", () => {
    const kept = Object.values(found.raw).flatMap(({ artifacts }) => artifacts ?? []);
    expect(kept.length).toBe(17);
    for (const { expire_in } of kept) expect(expire_in).toMatch(/^(30 days|90 days|1 year)$/);
  });

  it("has provenance, a bill of materials and attestations", () => {
    expect(found.raw.package?.variables).toEqual({
      RUNNER_GENERATE_ARTIFACTS_METADATA: "true",
      SLSA_PROVENANCE_SCHEMA_VERSION: "v1",
    });
    expect(found.raw.package?.artifacts).toMatchObject({
      reports: { cyclonedx: "build/dist/sbom.cdx.json" },
    });
    const build = found.raw["build-image"];
    expect(build?.tags).toEqual(["ecluse-build"]);
    // A training in a pod is refused by an image that does not say its commit.
    expect(build?.script?.join("\n")).toContain('--opt "build-arg:ECLUSE_BUILT_FROM=$CI_COMMIT_SHA"');
    expect(build?.script?.join("\n")).toContain("--opt attest:sbom= --opt attest:provenance=mode=max");
    expect(found.raw.sign?.script?.join("\n")).toMatch(/cosign sign --yes .*"\$\(cat build\/image.txt\)"/);
  });
});
