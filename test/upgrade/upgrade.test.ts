import { expect, it } from "vitest";
import { lost, planned, recorded, stacks } from "./recorded";

// A resource whose URN changes is deleted and created again by an `up`, with all that it holds.
it.each(stacks)(
  "%s keeps the identity of every resource of the last release, or names it as an alias",
  async (stack) => {
    const before = recorded(stack);
    expect(before.length).toBeGreaterThan(30);
    expect(lost(before, await planned(stack))).toEqual([]);
  },
);

it("takes a renamed resource for lost, unless an alias names it", () => {
  const now = { urns: ["urn:new"], aliases: [] };
  expect(lost(["urn:old", "urn:new"], now)).toEqual(["urn:old"]);
  expect(lost(["urn:old", "urn:new"], { ...now, aliases: ["urn:old"] })).toEqual([]);
});
