import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../local/eventually";
import { nodeBinary, projectRoot } from "../../local/home";
import { ecluse } from "../platform/setup";

let home: string;
let env: { ECLUSE_HOME: string };
const stateFile = () => join(home, "stacks/local-dev.json");
const resources = () =>
  (
    JSON.parse(readFileSync(stateFile(), "utf8")) as {
      deployment: { resources: { urn: string; type: string; id?: string }[] };
    }
  ).deployment.resources;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "ecluse-own-"));
  env = { ECLUSE_HOME: home };
});

afterAll(async () => {
  await ecluse(["stop"], env);
  rmSync(home, { recursive: true, force: true });
});

describe("the engine, killed in the middle of up", () => {
  it("ends right at the next up, with nothing doubled", async () => {
    expect((await ecluse(["up", "local-forge"], env)).code).toBe(0);
    const child = spawn(nodeBinary, ["--import", "tsx", "cli/main.ts", "up", "local-dev"], {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      stdio: "ignore",
    });
    const gone = new Promise((resolve) => child.once("close", resolve));
    await eventually(
      "PostgreSQL is in the state",
      async () =>
        existsSync(stateFile()) && resources().some(({ type }) => type.endsWith(":PostgresCluster")),
      60,
      20,
    );
    child.kill("SIGKILL");
    await gone;
    const before = new Map(resources().map(({ urn, id }) => [urn, id]));

    const again = await ecluse(["up", "local-dev"], env);
    expect(again.stderr).not.toMatch(/failed/);
    expect(again.code).toBe(0);
    const after = resources();
    expect(before.size).toBeLessThan(after.length);
    expect(new Set(after.map(({ urn }) => urn)).size).toBe(after.length);
    for (const [urn, id] of before) expect(after.find((resource) => resource.urn === urn)?.id).toBe(id);
    expect((await ecluse(["up", "local-dev"], env)).stdout).toBe("local-dev: nothing to change\n");
  });
});

describe("preview", () => {
  it("prints the CLI's document, with no secret in it", async () => {
    const { code, stdout } = await ecluse(
      ["preview", "local-dev", "--json", "-c", "ecluse:monitorCron=0 1 * * *"],
      env,
    );
    const { steps, changeSummary } = JSON.parse(stdout) as {
      steps: { op: string; urn: string }[];
      changeSummary: Record<string, number>;
    };
    expect(code).toBe(0);
    expect(steps.filter(({ op }) => op === "update").map(({ urn }) => urn.split("::").at(-1))).toEqual([
      "dev-scheduler",
    ]);
    expect(changeSummary.update).toBe(1);
    expect(stdout).not.toMatch(/BEGIN PRIVATE KEY|sig=/);
  });
});

describe("destroy", () => {
  it("asks, and where there is no one to ask it removes nothing", async () => {
    const refused = await ecluse(["destroy", "local-dev"], env);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("give --yes")]);
    expect(resources().length).toBeGreaterThan(30);
  });

  it("removes what the stack made, and nothing else", async () => {
    writeFileSync(join(home, "dev/notes.txt"), "mine");
    expect((await ecluse(["destroy", "local-dev", "--yes"], env)).code).toBe(0);
    expect(readFileSync(join(home, "dev/notes.txt"), "utf8")).toBe("mine");
    for (const made of ["postgres", "blobs", "services", "tokens"])
      expect(existsSync(join(home, "dev", made))).toBe(false);
    expect(resources()).toEqual([]);
    expect(existsSync(join(home, "forge/projects/ecluse/bank-churn.git"))).toBe(true);
    expect(readFileSync(join(home, "forge/variables.json"), "utf8").trim()).toBe("[]");
  });
});
