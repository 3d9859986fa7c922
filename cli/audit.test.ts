import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Audit } from "../audit/audit";
import { type AuditOptions, runAudit } from "./audit";
import { Progress } from "./progress";

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

it.each<[string, Partial<AuditOptions>, RegExp]>([
  ["a format", { format: "pdf" }, /--format pdf: use some of html,oscal,sarif,junit,csv,json/],
  ["a severity", { failOn: "grave" }, /--fail-on grave: use one of low, medium, high, critical/],
])("refuses %s that there is not, before it plans", async (_what, options, message) => {
  await expect(audited(["forge"], options)).rejects.toThrow(message);
});
