import { expect, it } from "vitest";
import { joined, parseOperation } from "./operation";

const run = { environment: "prod", useCase: "bank-churn", day: "2026-03-03", status: "ok" };

it("is read from files, and what a file leaves out is none", () => {
  const one = parseOperation("a.json", JSON.stringify({ monitorRuns: [run] }));
  const other = parseOperation("b.json", JSON.stringify({ monitorRuns: [{ ...run, day: "2026-03-04" }] }));
  expect(joined([one, other])).toEqual({
    ...{ monitorRuns: [run, { ...run, day: "2026-03-04" }], restoreDrills: [], releases: [] },
  });
});

it.each([
  ["no JSON", "{", /--evidence own\.json: it is no JSON/],
  [
    "a day that is none",
    JSON.stringify({ monitorRuns: [{ ...run, day: "lately" }] }),
    /day.*docs\/audit\.md/s,
  ],
  ["a key that is not known", JSON.stringify({ runs: [] }), /"runs".*docs\/audit\.md/s],
])("is refused with %s", (_what, text, words) => {
  expect(() => parseOperation("own.json", text)).toThrow(words);
});
