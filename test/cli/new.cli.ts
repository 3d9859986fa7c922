// `pulumi new` on the repository: Pulumi.yaml has a `template`.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../../local/home";
import { Pulumi } from "./pulumi";

let template: string;
let made: string;
let cli: Pulumi;

beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "ecluse-template-"));
  const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: projectRoot, encoding: "utf8" });
  for (const file of tracked.split("\0").filter(Boolean))
    cpSync(join(projectRoot, file), join(template, file), { recursive: true });
  made = mkdtempSync(join(tmpdir(), "ecluse-made-"));
  cli = new Pulumi(inject("pulumiHome"), made);
  await cli.must("new", template, "--generate-only", "--yes", "--force", "--name", "my-platform");
});

afterAll(() => {
  cli?.remove();
  for (const folder of [template, made]) if (folder) rmSync(folder, { recursive: true });
});

it("makes a project of the user's own name, with the program, its components and the stack files", () => {
  const project = parse(readFileSync(join(made, "Pulumi.yaml"), "utf8"));
  expect(project.name).toBe("my-platform");
  expect(project.requiredPulumiVersion).toBe(">=3.259.0");
  for (const file of ["package.json", "stacks/index.ts", "components/environment.ts", "policies/config.json"])
    expect(readFileSync(join(made, file), "utf8")).toBe(readFileSync(join(projectRoot, file), "utf8"));
});
