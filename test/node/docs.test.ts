import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { block, blocks, filledIn, shellFunction } from "./docs";

/** Blocks that the suite runs in its own way, or that nothing here can run. */
const otherwise: Readonly<Record<string, string>> = {
  "helm install traefik": "charts come from the internet; cluster/ makes the same programs from Go modules",
  "helm install nvidia-device-plugin": "a chart from the internet, for nodes with a GPU",
  "pulumi stack init onprem-dev": "test/cli/docs.cli.ts runs it; the state is a folder there",
  "pulumi up --stack onprem-dev --target": "test/node/stack.ts and test/cli/docs.cli.ts run both lines",
  "python3 -m venv .venv": "for a team's own S3; the Job below it lands the same rows by the same command",
  "cli/apply.sh": "test/node/applied.ts runs it on the rendered objects, without an editor",
  "npx ecluse cluster up": "test/node/setup.ts runs it",
};

const run = globSync("*.ts", { cwd: __dirname, exclude: ["*.test.ts"] })
  .flatMap((name) => [...readFileSync(join(__dirname, name), "utf8").matchAll(/\bblock\("([^"]+)"\)/g)])
  .map(([, part = ""]) => part);

it.each(blocks.map((commands) => [commands.split("\n")[0], commands]))("%s… is run", (_, commands) => {
  const named = [...run, ...Object.keys(otherwise)].filter((part) => commands.includes(part));
  expect(new Set(named).size).toBe(1);
});

it("names no block that the page does not have", () => {
  for (const part of Object.keys(otherwise)) expect(block(part)).toContain(part);
});

it("takes a function of the page, and puts a reader's words into it", () => {
  const landing = shellFunction(block("landing() {"), "landing");
  expect(landing.split("\n")[0]).toBe("landing() {");
  const filled = filledIn(landing, { COMMIT: "0123abcd", "dev-": "prod-" });
  expect(filled).toContain("land=registry.example.com/ecluse/bank-churn:0123abcd");
  expect(filled).not.toContain("dev-");
});

it("throws for what the page does not have", () => {
  expect(() => block("no such command")).toThrow(/no, or more than one, block/);
  expect(() => block("kubectl")).toThrow(/no, or more than one, block/);
  expect(() => shellFunction("echo", "landing")).toThrow(/no function landing/);
  expect(() => filledIn("echo", { COMMIT: "a" })).toThrow(/have no COMMIT/);
});
