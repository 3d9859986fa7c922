import { describe, expect, it } from "vitest";
import { everComes, longestGap } from "./cron";

describe("the longest gap", () => {
  it.each([
    ["15 2 * * *", 24],
    ["0 * * * *", 1],
    ["*/15 * * * *", 0.25],
    ["5/20 * * * *", 20 / 60],
    ["0 8,20 * * *", 12],
    ["0 9-17 * * *", 16],
    ["30 6 * * 1-5", 72],
    ["30 6 * * MON-FRI", 72],
    ["0 0 * * sun", 168],
    ["0 0 1,15 * 1", 168],
    ["0 0 1 */1 *", 744],
    ["0 0 1 JAN *", 8760],
    ["@hourly", 1],
    ["@daily", 24],
    ["@weekly", 168],
    ["  0   0 * * * ", 24],
  ])("of %s is %s hours, for Kubernetes as for GitLab", (line, hours) => {
    expect(longestGap(line, "kubernetes")).toBe(hours);
    expect(longestGap(line, "gitlab")).toBe(hours);
  });

  it.each([
    ["0 0 L * *", 744],
    ["0 0 * * 7", 168],
  ])("of %s is %s hours, for GitLab alone", (line, hours) => {
    expect(longestGap(line, "gitlab")).toBe(hours);
    expect(longestGap(line, "kubernetes")).toBeUndefined();
  });

  it.each([
    "",
    "@reboot",
    "0 0 * *",
    "60 * * * *",
    "0 24 * * *",
    "0 0 0 * *",
    "0 0 * 13 *",
    "0 0 31 2 0 0",
    "*/0 * * * *",
    "0 0 * * MON#1",
    "0 0 15W * *",
    "0 0 ? * *",
    "0 0 * * FEB",
  ])("of %j is unknown", (line) => expect(longestGap(line, "gitlab")).toBeUndefined());

  it("is a year and more for what never comes", () => expect(longestGap("0 0 31 2 *", "gitlab")).toBe(9600));
});

it.each([
  ["0 0 29 2 *", true],
  ["0 0 30 2 *", false],
  ["0 0 31 4,6 *", false],
  ["0 0 30 2 1", true],
  ["@yearly", true],
])("says whether %s ever comes: %s", (line, comes) => expect(everComes(line)).toBe(comes));
