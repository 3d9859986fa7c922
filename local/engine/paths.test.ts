import { expect, test } from "vitest";
import { compare, ignoreChanges, parsePath, pathMatches } from "./paths";

test.each([
  ["a.b[0].c", ["a", "b", 0, "c"]],
  ['a["b.c"]["d\\"e"]', ["a", "b.c", 'd"e']],
  ["list[*].name", ["list", "*", "name"]],
])("parses %s", (path, parts) => expect(parsePath(path)).toEqual(parts));

test.each([
  ["a", "a.b", true],
  ["a.b", "a", false],
  ["list[*].name", "list[3].name", true],
  ["*", "anything", true],
  ["a.b", "a.c", false],
])("%s matches %s: %s", (pattern, path, matches) => expect(pathMatches(pattern, path)).toBe(matches));

test.each([
  ["a", { a: 1, b: 2 }, { a: 9, b: 8 }, { a: 9, b: 2 }],
  ["a.b", { a: { b: 1, c: 2 } }, { a: { b: 9 } }, { a: { b: 9, c: 2 } }],
  // What was not there before is not added; what was there is kept.
  ["a", { a: 1 }, {}, {}],
  ["a", {}, { a: 9 }, { a: 9 }],
  ["l[*].x", { l: [{ x: 1 }, { x: 2 }] }, { l: [{ x: 9 }] }, { l: [{ x: 9 }, { x: 2 }] }],
])("ignores changes at %s", (path, news, olds, wanted) => {
  expect(ignoreChanges(news, olds, [path])).toEqual(wanted);
});

test("compares deeply", () => {
  const olds = { same: 1, gone: 1, deep: { list: [1, 2], "odd.key": 1 } };
  const news = { same: 1, added: 1, deep: { list: [1, 3, 4], "odd.key": 2 } };
  expect(compare(olds, news)).toEqual({
    gone: { kind: "delete", inputDiff: true },
    added: { kind: "add", inputDiff: true },
    "deep.list[1]": { kind: "update", inputDiff: true },
    "deep.list[2]": { kind: "add", inputDiff: true },
    'deep["odd.key"]': { kind: "update", inputDiff: true },
  });
});
