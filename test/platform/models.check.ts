import { describe, expect, it } from "vitest";
import type { Inventory } from "../../cli/models";
import { useCase } from "./environments";
import { ecluse } from "./setup";

describe("ecluse models", () => {
  it("shows each environment's versions, with their gates and who released them", async () => {
    const { code, stdout } = await ecluse(["models", useCase, "--json"]);
    const found = JSON.parse(stdout) as Inventory[];
    expect(code).toBe(0);
    expect(found.map(({ environment }) => environment)).toEqual(["dev", "prod"]);
    for (const { champion, versions, problems } of found) {
      expect(problems).toEqual([]);
      const [serving, ...others] = versions.filter((version) => version.champion);
      expect([serving?.version, serving?.refused, others]).toEqual([champion, null, []]);
      expect(serving?.gates.map(({ name }) => name)).toContain("floor");
      expect(serving?.changes[0]).toMatchObject({ action: "released", version: champion });
      expect(serving?.changes[0]?.person).not.toBe("unknown");
    }
  });

  it("is a table for people", async () => {
    const { code, stdout } = await ecluse(["models", useCase, "--env", "prod", "--all"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^bank-churn in prod: versions \d+/)]);
    expect(stdout).toMatch(/version \d+ \(champion\)/);
    expect(stdout).toMatch(/version \d+ released by \S+: commit [0-9a-f]{8} passed its gates/);
  });

  it.each([
    [["models", "nothing"], "no environment that is up has nothing: npx ecluse status shows those that do"],
    [
      ["models", useCase, "--env", "moon"],
      "has no environment moon that is up; give --env one of: dev, prod",
    ],
  ])("%j is refused in words", async (words, message) => {
    const { code, stderr } = await ecluse(words);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});
