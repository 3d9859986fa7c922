import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { expect, it } from "vitest";
import { makeForge } from "./fixture";
import { commitOf } from "./git";
import { type PlatformJob, runPlatformJob } from "./platformJob";
import { repositoryOf } from "./projects";
import { listPipelines } from "./records";

const forge = makeForge();
const asked: PlatformJob = {
  home: forge.home,
  forgeUrl: "http://127.0.0.1:4100",
  project: forge.platform,
  environment: { name: "prod", tier: "production" },
  name: "champion-prod",
  login: "ada",
  variables: { ECLUSE_TASK: "rollback", ECLUSE_REASON: "slow" },
};
const latest = () => listPipelines(forge.home, forge.platform.id)[0];
const logOf = () => readFileSync(join(forge.home, "forge", latest()?.jobs[0]?.log ?? ""), "utf8");

it("gives the platform's tokens of one environment in the person's name, and keeps a record", async () => {
  const seen = await runPlatformJob(asked, async ({ tokens, pipelineId, log }) => {
    expect(latest()).toMatchObject({ id: pipelineId, status: "running" });
    log(`it has ${tokens.tracking}`);
    return { claims: [tokens.tracking, tokens.serving].map((token) => decodeJwt(token)), pipelineId };
  });
  const { platform, home } = forge;
  for (const claims of seen.claims)
    expect(claims).toMatchObject({
      project_id: platform.id,
      environment: "prod",
      ref_protected: "true",
      user_login: "ada",
      pipeline_id: seen.pipelineId,
      pipeline_source: "web",
    });
  expect(seen.claims.map(({ aud }) => aud)).toEqual(["ecluse-prod-tracking", "ecluse-prod-serving"]);
  expect(latest()).toMatchObject({
    ...{ source: "web", ref: "main", status: "passed", variables: asked.variables },
    sha: commitOf(repositoryOf(home, platform), "refs/heads/main"),
    jobs: [{ name: "champion-prod", environment: "prod", status: "passed" }],
  });
  expect(logOf().split("\n").slice(0, 2)).toEqual([
    'started by ada: {"ECLUSE_TASK":"rollback","ECLUSE_REASON":"slow"}',
    "it has [MASKED]",
  ]);
});

it("keeps on record why it failed, and throws that", async () => {
  const failing = runPlatformJob(asked, async () => {
    throw new Error("version 1 is not signed");
  });
  await expect(failing).rejects.toThrow("version 1 is not signed");
  expect(latest()).toMatchObject({
    status: "failed",
    reason: "champion-prod: version 1 is not signed",
    jobs: [{ status: "failed", reason: "version 1 is not signed" }],
  });
});

it("is none of the pipelines that a use case's project has", () => {
  expect(listPipelines(forge.home, forge.project.id)).toEqual([]);
});
