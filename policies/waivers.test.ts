import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { parseWaivers, type Waiver } from "./waivers";

const waiver: Waiver = {
  id: "W-1",
  rule: "AKS-01",
  urnPattern: "urn:pulumi:dev::*::cluster",
  reason: "The break-glass account of the old tool",
  risk: "Somebody keeps a certificate; it is rotated weekly",
  owner: "platform@example.com",
  approver: "security@example.com",
  ticket: "OPS-12",
  created: "2026-10-01",
  expiresOn: "2026-12-01",
};
const urn = "urn:pulumi:dev::ecluse::azure-native:containerservice:ManagedCluster::cluster";
const read = (waivers: readonly object[], today = "2026-11-23") =>
  parseWaivers(stringify(waivers), ["AKS-01", "AKS-02"], today);

describe("a waiver", () => {
  it("covers its rule on its resources, to its last day", () => {
    expect(read([waiver]).covering("AKS-01", urn)?.id).toBe("W-1");
    expect(read([waiver], "2026-12-01").covering("AKS-01", urn)?.id).toBe("W-1");
    expect(read([waiver]).covering("AKS-02", urn)).toBeUndefined();
    expect(read([waiver]).covering("AKS-01", urn.replace(":dev:", ":prod:"))).toBeUndefined();
    expect(read([waiver]).covering("AKS-01", `${urn}-2`)).toBeUndefined();
  });

  it("covers nothing when it is over, and is reported", () => {
    const waivers = read([waiver], "2026-12-02");
    expect(waivers.covering("AKS-01", urn)).toBeUndefined();
    expect(waivers.over.map(({ id }) => id)).toEqual(["W-1"]);
    expect(waivers.unused).toEqual([]);
  });

  it("is reported when it covered nothing", () => {
    const waivers = read([waiver, { ...waiver, id: "W-2", rule: "AKS-02" }]);
    waivers.covering("AKS-01", urn);
    expect(waivers.unused.map(({ id }) => id)).toEqual(["W-2"]);
  });

  it("takes no sign of its pattern for more than itself but the star", () => {
    const waivers = read([{ ...waiver, urnPattern: "urn:pulumi:dev::ecluse::a.b::cluster" }]);
    expect(waivers.covering("AKS-01", "urn:pulumi:dev::ecluse::aXb::cluster")).toBeUndefined();
  });
});

describe("waivers are refused", () => {
  it.each([
    ["for every stack", { urnPattern: "urn:pulumi:*::cluster" }, /W-1: urnPattern is .*must match pattern/],
    [
      "of a day in the future",
      { created: "2026-11-24" },
      /W-1: created is "2026-11-24", a day in the future/,
    ],
    ["approved by who asked, in capitals", { approver: "Platform@example.com" }, /the owner: somebody else/],
    [
      "approved by who asked, with a name",
      { approver: " Pat <platform@example.com>" },
      /the owner: somebody else/,
    ],
    ["without a ticket", { ticket: undefined }, /W-1: must have required property 'ticket'/],
    ["with a key of no meaning", { comment: "x" }, /W-1: must NOT have additional properties \(comment\)/],
    ["with no date", { created: "soon" }, /W-1: created is "soon", and must match format "date"/],
    [
      "with a reason that is none",
      { reason: "because" },
      /W-1: reason is "because", and must NOT have fewer than 10/,
    ],
    ["for a rule that is not there", { rule: "AKS-99" }, /W-1: rule is "AKS-99": there is no such rule/],
    [
      "approved by who asked",
      { approver: waiver.owner },
      /W-1: approver is "platform@example.com", the owner/,
    ],
    ["for too long", { expiresOn: "2027-04-01" }, /W-1: expiresOn is 182 days after created: at most 180/],
    ["over before they began", { expiresOn: "2026-09-30" }, /expiresOn is -1 days after/],
  ])("%s", (_what, change, message) => {
    expect(() => read([{ ...waiver, ...change }])).toThrow(message);
  });

  it("twice under one id, or as no list", () => {
    expect(() => read([waiver, waiver])).toThrow(/W-1: id is there twice/);
    expect(() => parseWaivers("a: 1", [], "2026-11-23")).toThrow(/must be array/);
    expect(() => parseWaivers("- [", [], "2026-11-23")).toThrow(/policies\/waivers\.yaml: /);
  });

  it("takes an empty file for none", () => expect(parseWaivers("", [], "2026-11-23").all).toEqual([]));
});
