import { expect, it } from "vitest";
import { unfit } from "./goBuild";

it.each([
  ["go1.24", undefined],
  ["go1.26.8", undefined],
  ["go2.0", undefined],
  ["go1.23.9", "Go 1.24.0 or later is needed; this is go1.23.9"],
  ["go1.9", "Go 1.24.0 or later is needed; this is go1.9"],
  [undefined, "Go 1.24.0 or later is needed; there is no go on PATH"],
])("says why %s cannot build it: %s", (version, reason) => {
  expect(unfit(version, "1.24.0")).toBe(reason);
});
