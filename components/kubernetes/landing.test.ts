import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../local/forge/fixture";
import { only, type Recorded, record } from "./fixture";
import { clusterEnvironment, container, environment } from "./fixtureWorkloads";
import { onPremise, onPremiseSettings } from "./onpremise";
import { onPremiseTestSettings } from "./onpremiseFixture";

let made: Recorded[];
beforeAll(async () => {
  const settings = onPremiseTestSettings();
  made = await record(({ parent }) => {
    const parts = clusterEnvironment(onPremise(onPremiseSettings(settings), parent), settings);
    for (const useCase of settings.useCases) parts.landing({ useCase, parent });
  });
});

describe("a landing in the cluster", () => {
  it("is a template that never starts by itself, with the key that may land", () => {
    const { metadata, spec } = only(made, "CronJob", "land").inputs;
    expect([metadata.namespace, spec.suspend, spec.jobTemplate.spec.backoffLimit]).toEqual([
      "dev-bank-churn",
      true,
      0,
    ]);
    const endpoint = encodeURIComponent("https://objects.dev-data.svc.cluster.local:8443");
    expect(environment(made, "land")).toMatchObject({
      ECLUSE_DATA_URL: `s3://dev-data?endpoint=${endpoint}&region=us-east-1`,
      ECLUSE_HOLDOUT_URL: `s3://dev-holdout?endpoint=${endpoint}&region=us-east-1`,
      AWS_ACCESS_KEY_ID: { secretKeyRef: { name: "objects-land", key: "accessKey" } },
    });
    const { metadata: place, stringData } = only(made, "Secret", "objects-land").inputs;
    expect([place.namespace, stringData.value.accessKey]).toEqual(["dev-bank-churn", "dev-bank-churn-land"]);
  });

  it("reaches the store and nothing else", () => {
    const { ingress, egress } = only(made, "NetworkPolicy", "land").inputs.spec;
    expect(ingress ?? []).toEqual([]);
    expect(egress.map(({ ports }: { ports: unknown }) => ports)).toEqual([[{ protocol: "TCP", port: 8443 }]]);
  });
});

/** Where a pod's command runs, with a Python that says what it is asked for. */
function workplace() {
  const folder = temporaryFolder("landing-");
  for (const each of ["code", "bin", "work"]) mkdirSync(join(folder, each));
  writeFileSync(join(folder, "code/pyproject.toml"), "");
  writeFileSync(join(folder, "bin/python"), '#!/bin/sh\necho "$@" : $(ls)\n', { mode: 0o755 });
  const [shell, ...words] = container(made, "land").command as [string, ...string[]];
  const PATH = `${join(folder, "bin")}:/usr/bin:/bin`;
  const options = (more: Record<string, string>) => ({
    cwd: join(folder, "work"),
    env: { PATH, ECLUSE_CODE: join(folder, "code"), ...more },
  });
  return { shell, words, options, file: join(folder, "work/own.csv") };
}

describe("its command", () => {
  it("lands made-up rows at once, in a copy of the image's code", () => {
    const { shell, words, options } = workplace();
    const run = (more: Record<string, string>) =>
      spawnSync(shell, words, { ...options(more), encoding: "utf8" });
    expect(run({}).stdout).toBe("-m ecluse land : pyproject.toml\n");
    expect(run({ FLAGS: "--rows 20000 --replace" }).stdout).toMatch(
      /^-m ecluse land --rows 20000 --replace :/,
    );
    expect(run({ ECLUSE_CODE: "" }).stderr).toMatch(/ECLUSE_CODE.*put the image of a commit/);
    expect(run({ SOURCE: "own.csv" }).stderr).toMatch(/SHA256.*say the sum of the file too/);
  });

  it("waits for the whole of an own file, and lands no part of it", async () => {
    const { shell, words, options, file } = workplace();
    const rows = "id,age\n1,40\n";
    const SHA256 = createHash("sha256").update(rows).digest("hex");
    const job = spawn(shell, words, options({ SOURCE: "own.csv", SHA256 }));
    let said = "";
    const begun = new Promise((resolve) => job.stdout.once("data", resolve));
    job.stdout.on("data", (data) => {
      said += data;
    });
    const ended = new Promise((resolve) => job.once("close", resolve));
    await begun;
    // A copy that broke off, and then the whole file.
    writeFileSync(file, rows.slice(0, 5));
    expect(spawnSync("sleep", ["3"]).status).toBe(0);
    expect([job.exitCode, said]).toEqual([null, `waiting for own.csv with SHA-256 ${SHA256}\n`]);
    writeFileSync(file, rows);
    expect(await ended).toBe(0);
    expect(said).toContain("-m ecluse land --source own.csv : own.csv pyproject.toml");
  });
});
