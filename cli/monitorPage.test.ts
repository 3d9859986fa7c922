import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { projectRoot } from "../local/home";
import { openReport } from "./monitorPage";

let folder: string;
let said: { stdout: string; stderr: string };
const opened = () => join(folder, "opened");
const page = () => join(folder, "home/dev/monitor-churn.html");

/** A day on which nothing was logged, as `check` writes it. */
const report = {
  format: 2,
  use_case: "churn",
  environment: "dev",
  as_of: "2026-11-01",
  checked_at: "2026-11-02T02:00:00+00:00",
  demonstration: false,
  model_version: "1",
  importance: {},
  limits: { numeric: { warn: 0.05, crit: 0.2 }, categorical: { warn: 0.025, crit: 0.1 } },
  rows: 0,
  duplicates: 0,
  status: "too_little",
  exit: 30,
  findings: [{ severity: "too_little", check: "freshness", text: "no prediction was logged", column: "" }],
  ...{ drift: [], passed: [], muted: [], seasonal: [], columns: {}, not_run: [], mutes: [], retrainings: [] },
  ...{ estimated: null, performance: null, anomalies: null, segments: null, seasons_lack: "", issue: "" },
  ...{ alerts: {}, messages: [], retraining_allowed: false },
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-page-"));
  said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      said[name] += text;
      return true;
    });
  mkdirSync(join(folder, "reports/churn/monitor"), { recursive: true });
  writeFileSync(join(folder, "reports/churn/monitor/2026-11-01.json"), JSON.stringify(report));
  const browser = join(folder, "xdg-open");
  writeFileSync(
    browser,
    `#!/bin/sh\nprintf %s "$1" > '${opened()}.new' && mv '${opened()}.new' '${opened()}'\n`,
  );
  chmodSync(browser, 0o755);
  vi.stubEnv("ECLUSE_HOME", join(folder, "home"));
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  vi.stubEnv("WAYLAND_DISPLAY", "");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true });
});

/** Asks the real monitor, whose container is a folder. */
const open = (display: string, ...words: string[]) => {
  vi.stubEnv("DISPLAY", display);
  const env = {
    PYTHONPATH: join(projectRoot, "python"),
    ECLUSE_USE_CASE: "churn",
    ECLUSE_REPORTS_URL: pathToFileURL(join(folder, "reports")).href,
  };
  const command = [join(projectRoot, ".venv/bin/python"), "-m", "ecluse_monitor", "check"];
  return openReport("dev", "churn", { command, env }, ["report", ...words]);
};

it("opens the page of a day, which only its owner can read", async () => {
  await open(":0", "--as-of", "2026-11-01", "--json");
  await vi.waitUntil(() => existsSync(opened()), { timeout: 30_000 });
  expect(readFileSync(opened(), "utf8")).toBe(page());
  expect(readFileSync(page(), "utf8")).toContain("<h1>churn in dev on 2026-11-01");
  expect(statSync(page()).mode & 0o777).toBe(0o600);
  expect([process.exitCode, JSON.parse(said.stdout).status]).toEqual([30, "too_little"]);
  expect(said.stderr).toContain(`The page is ${page()}`);
});

it("says where the page is on a machine without a browser", async () => {
  await open("", "--as-of", "2026-11-01");
  expect(said.stderr).toContain(`There is no browser here; the page is ${page()}`);
  expect(existsSync(opened())).toBe(false);
});

it("leaves no page of a day that has no report, nor of one before it", async () => {
  await open("", "--as-of", "2026-11-01");
  await open(":0", "--as-of", "2026-11-02");
  expect([process.exitCode, existsSync(page())]).toEqual([70, false]);
  expect(said.stdout).toContain("there is no report for 2026-11-02; run check --as-of 2026-11-02");
});

it("refuses another file beside it", async () => {
  await expect(open(":0", "--html=day.html")).rejects.toThrow(/--open and --html cannot both be given/);
});
