import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../../local/home";
import { rules } from "../../policies/all";
import { contextOfStack } from "../../policies/context";
import { judge, type Result } from "../../policies/judge";
import { fromState } from "../../policies/resource";
import { Stack } from "../../policies/stack";
import { readWaivers } from "../../policies/waivers";
import { previewForge } from "../graphs/forgePlan";

const shipped = (parse(readFileSync(join(projectRoot, "Pulumi.forge.yaml"), "utf8")) as { config: object })
  .config as Readonly<Record<string, object>>;

/** What all rules say of the shipped forge on another GitLab. */
async function judgedOn(settings: Readonly<Record<string, unknown>>): Promise<readonly Result[]> {
  const { resources } = await previewForge(settings);
  const overrides = { "ecluse:gitlab": JSON.stringify({ ...shipped["ecluse:gitlab"], ...settings }) };
  const stack = new Stack("forge", resources.map(fromState));
  return judge(rules, stack, contextOfStack("forge", { overrides }), readWaivers(rules));
}

const premium = ["GL-05", "GL-06", "GL-11", "GL-17"];

describe.each([
  ["free, community edition", { tier: "free", edition: "community" }, premium],
  ["free, without a database of the registry", { tier: "free", registryDatabase: false }, premium],
  ["premium", { tier: "premium" }, []],
  ["ultimate", { tier: "ultimate" }, []],
] as const)("a forge on GitLab %s", (_what, settings, resting) => {
  it("violates nothing, and says which rules rest for what the tier lacks", { timeout: 60_000 }, async () => {
    const found = await judgedOn(settings);
    const failed = found.filter(({ kind }) => kind === "fail");
    expect(failed.map(({ rule, urn, why }) => `${rule.id} ${urn}: ${why}`)).toEqual([]);
    const rests = found.filter(
      ({ kind, why }) => kind === "notApplicable" && why.startsWith("GitLab in tier"),
    );
    expect(rests.map(({ rule }) => rule.id).sort()).toEqual([...resting]);
    for (const { why } of rests) expect(why).toMatch(/^GitLab in tier free lacks \w+: .+; in its place: .+/);
  });
});

it("a part of a rule that a tier lacks is reported where the rest passes", { timeout: 60_000 }, async () => {
  const found = await judgedOn({ tier: "free", registryDatabase: false });
  const of = (id: string) => found.filter(({ rule, kind }) => rule.id === id && kind === "pass");
  expect(of("GL-22").map(({ why }) => why)).toEqual([expect.stringContaining("tier free lacks forkLimit")]);
  expect(of("GL-23").map(({ why }) => why)).toEqual(
    Array(2).fill(expect.stringContaining("tier free lacks protectedImages")),
  );
});
