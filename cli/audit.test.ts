import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Audit } from "../policies/audit/model";
import { auditFormats } from "../policies/audit/model";
import { type AuditOptions, runAudit } from "./audit";
import { Progress } from "./progress";
import { addStackCommands } from "./stackCommands";

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "ecluse-audit-"));
  vi.stubEnv("ECLUSE_HOME", join(out, "home"));
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  rmSync(out, { recursive: true });
});

const session = { progress: new Progress(false), signal: new AbortController().signal };
const audited = (stacks: readonly string[], more: Partial<AuditOptions> = {}) =>
  runAudit(stacks, { out, failOn: "low", ...more }, session);
const report = () => JSON.parse(readFileSync(join(out, "audit.json"), "utf8")) as Audit;

it("passes the shipped forge, and writes each report that is asked for", { timeout: 60_000 }, async () => {
  await audited(["forge"], { format: "json,csv" });
  expect(process.exitCode).toBeUndefined();
  expect(report().stacks.map(({ stack }) => stack)).toEqual(["forge"]);
  expect(readFileSync(join(out, "audit.csv"), "utf8").split("\r\n")).toHaveLength(
    report().entries.length + 2,
  );
});

it("fails for a stack that cannot be planned, and says so in the report", { timeout: 60_000 }, async () => {
  await audited(["no-such-stack", "forge"], { format: "json" });
  expect(process.exitCode).toBe(1);
  expect(report().unjudged).toMatchObject([{ stack: "no-such-stack" }]);
  expect(report().stacks.map(({ stack }) => stack)).toEqual(["forge"]);
});

it("names in its help every format that it writes", async () => {
  const program = new Command();
  addStackCommands(program, session);
  const help = program.commands.find((command) => command.name() === "audit")?.helpInformation() ?? "";
  expect(help).toContain(auditFormats.join(","));
  await audited(["forge"], { format: auditFormats.join(",") });
  expect(readdirSync(out).filter((file) => file.startsWith("audit."))).toHaveLength(auditFormats.length);
}, 60_000);

it.each<[string, Partial<AuditOptions>, RegExp]>([
  ["a format", { format: "pdf" }, /--format pdf: use some of html,oscal,sarif,junit,csv,json/],
  ["a severity", { failOn: "grave" }, /--fail-on grave: use one of low, medium, high, critical/],
])("refuses %s that there is not, before it plans", async (_what, options, message) => {
  await expect(audited(["forge"], options)).rejects.toThrow(message);
});
