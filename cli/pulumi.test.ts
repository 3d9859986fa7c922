import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { projectRoot } from "../local/home";
import { pulumiCommand, pulumiWords } from "./pulumi";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-path-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, mode = 0o755): string {
  const at = join(folder, name);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, "pulumi"), "#!/bin/sh\n");
  chmodSync(join(at, "pulumi"), mode);
  return at;
}

it("takes the CLI that is installed, also where npx puts the package's command first", () => {
  const path = [program("node_modules/.bin"), program("bin")].join(":");
  expect(pulumiCommand(path)).toEqual([join(folder, "bin/pulumi")]);
});

it("takes that of the package where none is installed", () => {
  const own = [process.execPath, join(projectRoot, "node_modules/pulumi/run.js")];
  expect(pulumiCommand("")).toEqual(own);
  expect(
    pulumiCommand([program("node_modules/.bin"), program("text", 0o644), join(folder, "none")].join(":")),
  ).toEqual(own);
});

it("judges an up by the rules, and asks unless a flag says not to", () => {
  const policies = ["--policy-pack", join(projectRoot, "policies")];
  const run = { stack: "dev", json: false, yes: false } as const;
  expect(pulumiWords({ ...run, operation: "up" })).toEqual(["up", "--stack", "dev", ...policies]);
  expect(pulumiWords({ ...run, operation: "destroy", json: true, yes: true })).toEqual([
    "destroy",
    "--stack",
    "dev",
    "--json",
    "--yes",
  ]);
});
