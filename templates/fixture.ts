import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { prepareFolders } from "../local/forge/checkout";
import { layComponents, publishComponents, readIncludes } from "../local/forge/components";
import { probeConfinement } from "../local/forge/confine";
import type { Expanded } from "../local/forge/expand";
import { makeForge, temporaryFolder } from "../local/forge/fixture";
import { predefinedVariables } from "../local/forge/predefined";
import { expandPipeline } from "../local/forge/runner";
import { projectRoot } from "../local/home";
import { version } from "../package.json";

/** An environment of a promotion order; its tier in GitLab's words. */
export type Step = readonly [environment: string, tier: string];

/** The order that ships. */
export const two: readonly Step[] = [
  ["dev", "development"],
  ["prod", "production"],
];

/** With an intermediate environment. */
export const three: readonly Step[] = [
  ["dev", "development"],
  ["integration", "testing"],
  ["prod", "production"],
];

/** With two of them. */
export const four: readonly Step[] = [...three.slice(0, 2), ["recette", "staging"], ["prod", "production"]];

/** A use case's pipeline file for an order of environments, as the blueprint writes it. */
export function pipelineFile(steps: readonly Step[]): string {
  const line = (name: string, inputs?: string) =>
    "  - { component: " +
    `$CI_SERVER_FQDN/$CI_PROJECT_NAMESPACE/platform/${name}@${version}${inputs ? `, inputs: { ${inputs} }` : ""} ` +
    "}";
  const includes = steps.flatMap(([environment, tier], index) => {
    const of = `environment: ${environment}, tier: ${tier}`;
    const [before] = steps[index - 1] ?? [];
    const approval = tier === "production" ? "manual" : "automatic";
    return [
      ...(before ? [line("promote", `from: ${before}, to: ${environment}, approval: ${approval}`)] : []),
      line("train", `${of}${tier === "development" ? ", action: access" : ""}`),
      line("model-test", of),
      line("release", of),
      ...(index === 0 ? [line("package")] : []),
      ...(tier === "production" ? [line("monitor", of), line("retrain", of)] : []),
    ];
  });
  const [first, ...rest] = steps.map(([environment]) => environment);
  const stages = `stages: [${["check", first, "package", ...rest].join(", ")}]`;
  const workflow =
    "workflow:\n  # What the monitor finds a retraining by that it has asked for; empty for all others.\n" +
    "  name: $ECLUSE_RETRAINING\n  rules:\n    - if: $CI_COMMIT_BRANCH\n";
  return [stages, "", workflow, "include:", line("check"), ...includes, ""].join("\n");
}

/** A pipeline as `gitlab-ci-local` expanded it: what the forge reads of it, and each job as it stands. */
export interface Found {
  readonly pipeline: Expanded;
  readonly names: readonly string[];
  readonly raw: Readonly<Record<string, RawJob>>;
}

/** What tests read of a job. */
export interface RawJob {
  readonly rules: readonly { if: string; when?: string }[];
  readonly environment?: { name: string; deployment_tier: string };
  readonly resource_group?: string;
  readonly id_tokens?: Readonly<Record<string, { aud: string }>>;
  readonly artifacts?: { expire_in?: string };
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly tags?: readonly string[];
  readonly dependencies?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly inherit?: Readonly<Record<string, boolean>>;
  readonly trigger?: Readonly<Record<string, unknown>>;
}

/** Expands a pipeline file with the checkout's components, held against GitLab's schema on the way. */
export async function expand(
  text: string,
  ref: string,
  source = "push",
  variables: Record<string, string> = {},
): Promise<Found> {
  const forge = makeForge();
  const sha = forge.commit({ ".gitlab-ci.yml": text.replace(/^workflow:\n( .*\n)+/m, "") });
  const { home, project } = forge;
  const options = { ...forge.options(sha), ref, source };
  const folders = prepareFolders(home, join(temporaryFolder("expand-"), "job"), options, options.forgeUrl);
  publishComponents(home, projectRoot);
  layComponents(home, readIncludes(text), folders.state, "127.0.0.1");
  const pipeline = await expandPipeline({
    home,
    confinement: probeConfinement(options.tools.python),
    folders,
    image: undefined,
    ports: [],
    variables: { ...predefinedVariables({ ...options, project }, "0"), ...variables },
    uid: 61_000,
  });
  const raw = parse(readFileSync(join(folders.state, "expanded-gitlab-ci.yml"), "utf8"));
  return { pipeline, raw, names: pipeline.jobs.map(({ name }) => name) };
}
