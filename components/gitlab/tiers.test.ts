import { expect, it } from "vitest";
import { gitlabTiers } from "../settings";
import { hasProtection, lacking, type Subscription } from "./tiers";

const selfManaged: Subscription = {
  url: "https://gitlab.example.com",
  tier: "free",
  registryDatabase: true,
  group: "ecluse",
};

it("lacks less in each tier", () => {
  const lacks = gitlabTiers.map((tier) => lacking({ ...selfManaged, tier }));
  expect(lacks.map(({ length }) => length)).toEqual([7, 2, 0]);
  expect(lacks[0]).toEqual(expect.arrayContaining([...(lacks[1] ?? [])]));
});

it("has project tokens in every tier, but not in the free one of GitLab.com", () => {
  expect(hasProtection(selfManaged, "projectTokens")).toBe(true);
  const com = { ...selfManaged, url: "https://gitlab.com" };
  expect(hasProtection(com, "projectTokens")).toBe(false);
  expect(hasProtection({ ...com, tier: "premium" }, "projectTokens")).toBe(true);
});

it("protects no tag of an image without the registry's database, whatever the tier", () => {
  const without = { ...selfManaged, tier: "ultimate", registryDatabase: false } as const;
  expect(lacking(without)).toEqual(["protectedImages", "immutableImages"]);
});
