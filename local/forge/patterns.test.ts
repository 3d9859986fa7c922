import { expect, it } from "vitest";
import { readArtifacts } from "./keywords";
import { names } from "./patterns";

it.each([
  ["out/a.json", "out/a.json", true],
  ["out/*.json", "out/a.json", true],
  ["out/*.json", "out/deep/a.json", false],
  ["out/**/*.json", "out/a.json", true],
  ["out/**/*.json", "out/deep/er/a.json", true],
  ["**", "out/a", true],
  ["**/deep/**", "out/deep/a", true],
  ["**/deep", "out/deep/a", false],
  ["*", ".hidden", true],
  ["?.txt", "a.txt", true],
  ["?.txt", ".txt", false],
  ["a*b*c", "a-bc-b-c", true],
  ["a*b*c", "a-b-c-d", false],
  ["-rf", "-rf", true],
  ["a*b", "a\nb", true],
  [".+", "a", false],
  ["", "a", false],
])("%j names %j: %s", (pattern, path, expected) => {
  expect(names(pattern, path)).toBe(expected);
});

it("takes no time to find that a pattern of many wildcards names nothing", () => {
  expect(names(`${"*a".repeat(100)}b`, "a".repeat(255))).toBe(false);
  expect(names(`${"**/a/".repeat(100)}b`, "a/".repeat(1_000))).toBe(false);
});

it.each(["{a,b}".repeat(40), "+(a|aa)".repeat(20), "[a-z]", "{1..1000000000}", "!(a)"])(
  "refuses the pattern %s",
  (pattern) => {
    expect(() => readArtifacts("train", { paths: ["ok", pattern] })).toThrow(
      /train: artifacts: paths: .* is not supported by the local forge: write paths with \*, \*\* and \? alone/,
    );
  },
);

it("refuses patterns without end", () => {
  const paths = Array.from({ length: 101 }, (_, index) => `out-${index}`);
  expect(() => readArtifacts("train", { paths })).toThrow(/101 of them/);
});
