import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { eventually } from "../../local/eventually";
import { buildMinutes, within } from "./limit";

afterEach(() => vi.unstubAllEnvs());

it("lets a program come to its end in time, and throws when that fails", async () => {
  expect(await within(30, ["true"])).toBe(true);
  await expect(within(30, ["sh", "-c", "exit 3"])).rejects.toThrow("sh -c exit 3 ended with 3");
});

const running = (line: string) =>
  execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n").includes(line);

it("ends a program that takes longer, with what it started, and lets that clean up", async () => {
  const sleep = `sleep 61.${process.pid}`;
  const made = join(tmpdir(), `ecluse-limit-${process.pid}`);
  // Ctrl-C ends the first shell at once; the second needs a moment for what it began.
  const slow = `trap 'sleep 0.5; rm ${made}; exit' INT; touch ${made}; ${sleep}`;
  expect(await within(0.5, ["bash", "-c", `bash -c "${slow}"; true`])).toBe(false);
  expect([running(sleep), existsSync(made)]).toEqual([false, false]);
});

it("ends by force what ignores Ctrl-C", async () => {
  const sleep = `sleep 62.${process.pid}`;
  expect(await within(0.5, ["bash", "-c", `trap '' INT; ${sleep}; true`], 0.5)).toBe(false);
  await eventually("sleep ends", async () => !running(sleep), 5);
});

it("takes the limit in minutes, and refuses what is no number of them", () => {
  vi.stubEnv("ECLUSE_BUILD_MINUTES", "7.5");
  expect(buildMinutes()).toBe(7.5);
  vi.stubEnv("ECLUSE_BUILD_MINUTES", "0");
  expect(() => buildMinutes()).toThrow("ECLUSE_BUILD_MINUTES must be a number of minutes, got 0");
});
