import { expect, it } from "vitest";
import { longestGap } from "./cron";

it.each([
  ["15 2 * * *", 24],
  ["0 * * * *", 1],
  ["*/15 * * * *", 0.25],
  ["0 8,20 * * *", 12],
  ["0 9-17 * * *", 16],
  ["30 6 * * 1-5", 72],
  ["0 0 * * 7", 168],
  ["0 0 1,15 * 1", 168],
  ["0 0 1 */1 *", 744],
  ["0 0 1 1 *", 8760],
])("says that %s leaves %s hours", (line, hours) => expect(longestGap(line)).toBe(hours));

it.each(["", "@daily", "0 0 * *", "0 0 * * MON", "60 * * * *", "0 0 31 2 0 0", "*/0 * * * *"])(
  "cannot read %j",
  (line) => expect(longestGap(line)).toBeUndefined(),
);

it("is a year and more for what never comes", () => expect(longestGap("0 0 31 2 *")).toBe(9600));
