import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { runnerTags } from "../../../components/gitlab/conventions";
import { namespaces, platformPath, projectPath } from "../../../components/naming";
import { runPipeline } from "../../../local/forge/pipeline";
import { createProject, type Project } from "../../../local/forge/projects";
import type { PipelineRecord } from "../../../local/forge/records";
import type { JobWork, PipelineEvent, Release } from "../../../local/forge/run";
import { projectRoot, uvBinary } from "../../../local/home";
import { python } from "../../../local/provider/supervisor";
import { buildCommit } from "./buildKit";
import type { Executor } from "./executor";
import { expandVariables, jobScript, jobVariables } from "./jobScript";

/** Where the pipelines of one use case run. */
export interface PipelinesOptions {
  readonly home: string;
  readonly url: string;
  /** Registry and path of the images. */
  readonly registry: string;
  readonly useCase: string;
  readonly executor: Executor;
}

/** What is run, and who looks on. */
export interface Asked {
  readonly ref: string;
  readonly sha: string;
  /** Manual jobs that somebody starts. */
  readonly started?: readonly string[];
  readonly onEvent?: (event: PipelineEvent) => void;
}

const environments = [
  { name: "dev", tier: "development" },
  { name: "prod", tier: "production" },
];

const tools = { python, uv: uvBinary, uvCache: "", root: projectRoot };

/** The script of a job of the platform's own pipeline. */
function platformScript(name: string): string {
  const file = parse(readFileSync(join(projectRoot, ".gitlab-ci.yml"), "utf8"));
  return jobScript(file[file[name].extends]);
}

/** The pipelines of a use case, whose jobs are pods of the runners that the stack made. */
export class Pipelines {
  readonly platform: Project;
  readonly project: Project;
  private releases = 0;

  constructor(private readonly options: PipelinesOptions) {
    const { home, useCase } = options;
    // In this order: the stack's settings pin their numbers.
    this.platform = createProject(home, { path: platformPath, useCase: "*" });
    this.project = createProject(home, { path: projectPath(useCase), useCase });
  }

  /** Runs the pipeline of a commit. */
  run({ ref, sha, started = [], onEvent }: Asked): Promise<PipelineRecord> {
    const { home, url, registry } = this.options;
    return runPipeline({
      ...{ home, forgeUrl: url, registry, project: this.project, sha, ref, environments, tools },
      source: "push",
      login: "maintainer",
      allowedPorts: {},
      execute: (work) => this.execute(work, started),
      platform: { project: this.platform, release: (release) => this.release(release) },
      ...(onEvent && { onEvent }),
    });
  }

  private async execute(work: JobWork, started: readonly string[]): Promise<number> {
    const { id, job, checkout, log, signal } = work;
    if (job.when === "manual" && !started.includes(job.name)) throw new Error("nobody started it");
    const variables = jobVariables(work);
    if (job.tags.includes(runnerTags.build)) return this.build(work, variables);
    return this.options.executor.run(this.namespaceOf(job.tags), {
      ...{ id, checkout, variables, log, signal, seconds: job.timeoutSeconds },
      image: job.image && expandVariables(job.image, variables),
      script: jobScript(job.definition),
      artifacts: [...(job.artifacts?.paths ?? []), ...(job.artifacts?.reports ?? [])],
    });
  }

  /** The namespace of the runner that has one of these tags. */
  private namespaceOf(tags: readonly string[]): string {
    const found = environments.find(({ name }) => tags.includes(runnerTags.jobs(name)));
    if (!found) throw new Error(`no runner has one of the tags ${tags.join(", ")}`);
    return namespaces(found.name).ci(this.options.useCase);
  }

  private async build(
    { checkout, log }: JobWork,
    variables: Readonly<Record<string, string>>,
  ): Promise<number> {
    const digest = await buildCommit(checkout, this.options.useCase, variables.CI_COMMIT_SHA ?? "");
    mkdirSync(join(checkout, "build"));
    writeFileSync(join(checkout, "build/image.json"), JSON.stringify({ "containerimage.digest": digest }));
    writeFileSync(join(checkout, "build/image.txt"), `${variables.CI_REGISTRY_IMAGE}@${digest}\n`);
    log(`${variables.CI_REGISTRY_IMAGE}@${digest}`);
    return 0;
  }

  /** The platform's own job, as a pod of the release's runner: of the use case it knows what the trigger says. */
  private async release({ environment, sha, pipelineId, tokens, log }: Release): Promise<void> {
    const { url, useCase, executor } = this.options;
    const checkout = mkdtempSync(join(tmpdir(), "ecluse-release-"));
    const id = `${pipelineId}${++this.releases}`;
    const variables = {
      ...{ CI_API_V4_URL: `${url}/api/v4`, CI_JOB_ID: id, CI_PIPELINE_SOURCE: "pipeline" },
      ...{ ECLUSE_ENVIRONMENT: environment, ECLUSE_USE_CASE: useCase, ECLUSE_COMMIT: sha },
      ECLUSE_PIPELINE_ID: pipelineId,
      MLFLOW_TRACKING_TOKEN: tokens.tracking,
      ECLUSE_SERVING_TOKEN: tokens.serving,
    };
    const script = platformScript(`release-${environment}`);
    const job = { id, image: undefined, variables, script, checkout, artifacts: [], seconds: 3600, log };
    try {
      const code = await executor.run(namespaces(environment).release, job);
      if (code !== 0) throw new Error(`the release job ended with ${code}; see its log`);
    } finally {
      rmSync(checkout, { recursive: true, force: true });
    }
  }
}
