import { expect, it } from "vitest";
import { table } from "./table";

it("lines columns up and ends no line in blanks", () => {
  expect(
    table([
      ["a", "long"],
      ["wide one", "x"],
      ["b", ""],
    ]),
  ).toBe("a         long\n────────  ────\nwide one  x\nb");
});
