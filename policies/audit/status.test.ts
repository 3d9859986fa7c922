import { describe, expect, it } from "vitest";
import { rules } from "../all";
import { fixture } from "./fixture";
import type { Entry } from "./model";
import { familiesOf, familyName, familyOf, ruleStatuses, statusOf, worst } from "./status";

const [failed] = fixture.entries as readonly [Entry];

describe("status", () => {
  it.each<[Partial<Entry>, string]>([
    [{}, "violation"],
    [{ level: "advisory" }, "advisory"],
    [{ waiver: fixture.waivers.over[0] }, "waived"],
    [{ kind: "open", level: "advisory" }, "open"],
    [{ kind: "pass" }, "pass"],
    [{ kind: "notApplicable" }, "notApplicable"],
  ])("of %j is %s", (change, status) => expect(statusOf({ ...failed, ...change })).toBe(status));

  it("of several is the one to look at first: what is not proved before what is accepted or holds", () => {
    expect(worst(["pass", "waived", "open", "advisory", "violation"])).toBe("violation");
    expect(worst(["pass", "waived", "open"])).toBe("open");
    expect(worst(["notApplicable", "pass"])).toBe("pass");
    expect(worst([])).toBe("notJudged");
  });

  it("of a rule covers all that it found", () => {
    expect([...ruleStatuses(fixture)]).toEqual([
      ["ENV-01", "notJudged"],
      ["KV-01", "violation"],
      ["KV-02", "waived"],
      ["KV-10", "open"],
      ["ST-01", "pass"],
      ["AKS-01", "notApplicable"],
    ]);
  });
});

describe("areas", () => {
  it("have a name in words, each that rules are of", () => {
    expect(familyOf("K8S-12")).toBe("K8S");
    const all = familiesOf(rules.map((rule) => ({ ...rule, controls: [] })));
    expect(all).toContain("AKS");
    expect(all.filter((family) => familyName(family) === family)).toEqual([]);
  });
});
