import { expect, it } from "vitest";
import { wordsOf } from "./erase";

it("says whose predictions, by one of the two", () => {
  expect(wordsOf({ id: "-7 of Ada" })).toEqual(["--id=-7 of Ada"]);
  expect(wordsOf({ prediction: "p-1" })).toEqual(["--prediction=p-1"]);
});

it.each([{}, { id: "" }, { id: "c-7", prediction: "p-1" }])("refuses %o", (options) => {
  expect(() => wordsOf(options)).toThrow(/give either --id, .* or --prediction, for one/);
});
