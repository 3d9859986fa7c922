import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../local/forge/fixture";
import { projectRoot } from "../local/home";
import { addRetireCommand, fatesOf } from "./retire";
import { decommissioned, readStackFiles } from "./stackFiles";
import { settingsOf } from "./stacks";

const decision = { on: "2026-11-30", by: "ana", approver: "bo", reason: "nobody asks it any more" };

function stackFile(stack: string) {
  const folder = temporaryFolder("retire-");
  const name = `Pulumi.${stack}.yaml`;
  copyFileSync(join(projectRoot, name), join(folder, name));
  const [file] = readStackFiles(folder);
  if (!file) throw new Error(`${name} lists no use case`);
  return file;
}

describe("the decision that a use case ends", () => {
  it("is written into the file of an environment, everything else as it was", () => {
    const file = stackFile("prod");
    const text = decommissioned(file, "bank-churn", decision) ?? "";
    expect(text.replace(/\n +retired:(\n {8}.*)+/, "")).toBe(file.text);
    expect(text).toContain('on: "2026-11-30"');
  });

  it.each([
    ["a use case that is not listed", "prod", "fraud"],
    ["this machine's environments, which keep none", "local-prod", "bank-churn"],
    ["the forge", "forge", "bank-churn"],
  ])("is not for %s", (_what, stack, name) => {
    expect(decommissioned(stackFile(stack), name, decision)).toBeUndefined();
  });

  it("needs another person to approve it", () => {
    const own = { ...decision, approver: "ana" };
    expect(() => decommissioned(stackFile("prod"), "bank-churn", own)).toThrow(
      /retired\.approver.*another person/s,
    );
  });
});

describe("what is kept of a use case", () => {
  const kept = (stack: string) => {
    const settings = settingsOf(stack);
    if (settings.kind !== "environment") throw new Error(`${stack} is no environment`);
    return Object.fromEntries(fatesOf(settings).map(({ what, until }) => [what, until]));
  };

  it("is kept for the days that the environment has", () => {
    expect(kept("prod")).toMatchObject({
      "models in the store": "365 days at least, then deleted by hand",
      "predictions and labels": "365 days",
      "backups of PostgreSQL": "14 days",
    });
    expect(kept("dev")).toMatchObject({
      "models in the store": "deleted by hand",
      "backups of PostgreSQL": "7 days",
    });
    expect(kept("onprem-prod")["predictions and labels"]).toBe("deleted by hand: its compaction goes");
  });
});

describe("ecluse retire", () => {
  let printed = "";
  beforeEach(() => {
    printed = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });
  afterEach(() => vi.restoreAllMocks());
  const run = (...words: string[]) => {
    const program = new Command().exitOverride();
    addRetireCommand(program);
    return program.parseAsync(["retire", ...words], { from: "user" });
  };

  it("changes nothing without a decision", async () => {
    await run("bank-churn", "--json");
    const found = JSON.parse(printed) as {
      decision: unknown;
      stacks: string[];
      fates: { environment: string }[];
    };
    expect([found.decision, found.stacks]).toEqual([null, []]);
    expect(new Set(found.fates.map(({ environment }) => environment))).toContain("prod");
  });

  it.each([
    ["half a decision", ["bank-churn", "--by", "ana"], /give all of --by, --approver and --reason/],
    ["a use case that nobody lists", ["fraud"], /no stack's file lists use case fraud/],
  ])("refuses %s", async (_what, words, message) => {
    await expect(run(...words)).rejects.toThrow(message);
  });
});
