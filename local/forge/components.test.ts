import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compactVerify, createLocalJWKSet } from "jose";
import { describe, expect, it } from "vitest";
import { version } from "../../package.json";
import { four, pipelineFile } from "../../templates/fixture";
import { projectRoot } from "../home";
import { publishComponents } from "./components";
import { type Fixture, makeForge, temporaryFolder } from "./fixture";
import { commitOf, git } from "./git";
import { openIssuer } from "./issuer";
import { repositoryOf } from "./projects";
import { provenanceFile } from "./provenance";
import type { PipelineRecord } from "./records";
import type { Release } from "./run";

const environments = [
  { name: "dev", tier: "development" },
  { name: "integration", tier: "integration" },
  { name: "recette", tier: "staging" },
  { name: "prod", tier: "production" },
];

/** A use case whose jobs keep their rules, needs and environments, and do as good as nothing. */
function quickFile(): string {
  const quick = (name: string, ...script: string[]) =>
    `${name}: ${JSON.stringify({ before_script: ["true"], script: script.length ? script : ["true"] })}\n`;
  const jobs = environments.flatMap(({ name }) => [
    quick(`train-${name}`, "test ! -e model.json", "echo {} > model.json"),
    quick(`test-${name}`, "mkdir build", "cp model.json build/model-tests.xml"),
  ]);
  const dist = [
    "mkdir -p build/dist",
    "echo wheel > build/dist/churn.whl",
    "echo {} > build/dist/sbom.cdx.json",
  ];
  return [
    pipelineFile(four),
    ...["check", "unit-test", "retrain-prod"].map((name) => quick(name)),
    ...jobs,
    quick("package", ...dist),
  ].join("\n");
}

const statuses = (record: PipelineRecord) => record.jobs.map(({ name, status }) => `${name} ${status}`);
const artifact = (forge: Fixture, record: PipelineRecord, job: string, path: string) =>
  readFileSync(
    join(forge.home, "forge", record.jobs.find(({ name }) => name === job)?.artifacts ?? "", path),
    "utf8",
  );

describe("a pipeline of four environments", () => {
  it("goes from one to the next, keeps promotions and provenance, and retrains the same commit", async () => {
    const forge = makeForge();
    const sha = forge.onMain(forge.commit({ ".gitlab-ci.yml": quickFile() }));
    const releases: string[] = [];
    const release = async ({ environment }: Release) => void releases.push(environment);
    const options = { ref: "main", environments, platform: { project: forge.platform, release } };
    const record = await forge.run(sha, options);
    expect(record.reason).toBeUndefined();
    const of = (name: string) =>
      ["promote", "train", "test", "release"].map((job) => `${job}-${name} passed`);
    expect(statuses(record).sort()).toEqual(
      ["check passed", "unit-test passed", "package passed", ...environments.flatMap(({ name }) => of(name))]
        .filter((entry) => entry !== "promote-dev passed")
        .sort(),
    );
    expect(releases).toEqual(["dev", "integration", "recette", "prod"]);

    expect(JSON.parse(artifact(forge, record, "promote-prod", "build/promotion.json"))).toEqual({
      commit: sha,
      from: "recette",
      to: "prod",
      pipeline: record.id,
      approval: "manual",
      started_by: "none",
    });
    expect(JSON.parse(artifact(forge, record, "promote-recette", "build/promotion.json"))).toMatchObject({
      approval: "automatic",
      started_by: "tester",
    });
    expect(record.jobs.flatMap(({ name, approver }) => (approver ? [`${name} ${approver}`] : []))).toEqual([
      "promote-prod none",
    ]);
    const log = record.jobs.find(({ name }) => name === "promote-prod")?.log ?? "";
    expect(readFileSync(join(forge.home, "forge", log), "utf8")).toContain(
      "nobody to start it; approver: none",
    );

    const text = artifact(forge, record, "package", provenanceFile);
    const { subject, predicate } = JSON.parse(text);
    const sha256 = createHash("sha256").update("wheel\n").digest("hex");
    expect(subject).toContainEqual({ name: "build/dist/churn.whl", digest: { sha256 } });
    expect(predicate.buildDefinition.resolvedDependencies[0].digest).toEqual({ gitCommit: sha });
    const { jwks } = await openIssuer(forge.home, "http://127.0.0.1:4100");
    const signature = artifact(forge, record, "package", `${provenanceFile}.jws`);
    const { payload, protectedHeader } = await compactVerify(signature, createLocalJWKSet(jwks()));
    expect([new TextDecoder().decode(payload), protectedHeader.typ]).toEqual([
      text,
      "application/vnd.in-toto+json",
    ]);

    const variables = { ECLUSE_TASK: "retrain", ECLUSE_ENVIRONMENT: "prod" };
    for (const source of ["schedule", "trigger"])
      expect(statuses(await forge.run(sha, { ...options, source, variables })).sort()).toEqual(
        ["release", "retrain", "test", "train"].map((job) => `${job}-prod passed`),
      );
    expect(releases.slice(4)).toEqual(["prod", "prod"]);
  }, 180_000);

  it("ends where a promotion's release failed", async () => {
    const forge = makeForge();
    const sha = forge.onMain(forge.commit({ ".gitlab-ci.yml": quickFile() }));
    const release = async ({ environment }: Release) => {
      if (environment === "recette") throw new Error("refused by: floor");
    };
    const platform = { project: forge.platform, release };
    const record = await forge.run(sha, { ref: "main", environments, platform });
    expect(record.reason).toBe("release-recette: refused by: floor");
    const prod = statuses(record).filter((entry) => entry.includes("prod"));
    expect(prod).toEqual(["promote", "train", "test", "release"].map((job) => `${job}-prod skipped`));
  });
});

describe("components", () => {
  const component = (what: string) => `include:\n  - component: ${what}\n`;
  const ours = "$CI_SERVER_FQDN/$CI_PROJECT_NAMESPACE/platform";
  it.each([
    [
      "of a version that is not there",
      component(`${ours}/check@9.9.9`),
      `no version 9.9.9; it has: ${version}`,
    ],
    [
      "of another name",
      component(`${ours}/deploy@${version}`),
      "no component deploy; it has: check, model-test",
    ],
    ["of a branch", component(`${ours}/check@main`), "include local files, or components of the platform as"],
    ["of another project", component(`$CI_SERVER_FQDN/ecluse/churn/check@${version}`), "not supported"],
    ["of another server", component(`evil.test/ecluse/platform/check@${version}`), "not supported"],
    ["outside of the folder", component(`${ours}/../x/check@${version}`), "not supported"],
    ["by a rule", `${component(`${ours}/check@${version}`)}    rules: [{if: $CI}]\n`, "not supported"],
    ["of a project", "include:\n  - { project: a/b, file: c.yml }\n", "not supported"],
  ])("%s are refused", async (_name, yaml, reason) => {
    const forge = makeForge();
    const record = await forge.run(forge.commit({ ".gitlab-ci.yml": yaml }));
    expect(record.reason).toContain(reason);
    expect(record.jobs).toEqual([]);
  });

  it("are published once for each content, and earlier versions stay", () => {
    const { home, platform } = makeForge();
    const repository = repositoryOf(home, platform);
    const tip = () => commitOf(repository, `refs/tags/${version}`);
    publishComponents(home, projectRoot);
    git(repository, ["tag", "0.0.9", version]);
    const first = tip();
    publishComponents(home, projectRoot);
    expect(tip()).toBe(first);
    publishComponents(home, changedTemplates());
    expect(tip()).not.toBe(first);
    expect(commitOf(repository, "refs/tags/0.0.9")).toBe(first);
    const names = git(repository, ["ls-tree", "-r", "--name-only", version]);
    expect(names).not.toContain(".ts");
    expect(names).toContain("templates/shared/python.yml");
  });

  it("that changed make their jobs run again, and no other but releases", async () => {
    const forge = makeForge();
    const sha = forge.commit({ ".gitlab-ci.yml": quickFile() });
    const release = async () => {};
    const options = { environments, platform: { project: forge.platform, release } };
    await forge.run(sha, options);
    const { tools } = forge.options(sha);
    const again = await forge.run(sha, { ...options, tools: { ...tools, root: changedTemplates() } });
    expect(statuses(again).filter((entry) => entry.endsWith("passed"))).toEqual([
      "test-dev passed",
      "release-dev passed",
    ]);
  });
});

/** A checkout whose component of the model's tests is another. */
function changedTemplates(): string {
  const root = temporaryFolder("checkout-");
  cpSync(join(projectRoot, "templates"), join(root, "templates"), { recursive: true });
  const file = join(root, "templates/model-test.yml");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace("OMP_WAIT_POLICY: passive", "OMP_WAIT_POLICY: active"),
  );
  return root;
}
