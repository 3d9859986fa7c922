import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal } from "./journal";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ecluse-journal-"));
  process.env.ECLUSE_HOME = home;
});
afterEach(() => {
  rmSync(home, { recursive: true });
  delete process.env.ECLUSE_HOME;
});

describe("once", () => {
  const run = (inputs: unknown, work: () => Promise<unknown>) => {
    const journal = new Journal("bank-churn");
    return journal.once("step", inputs, work).then((result) => [result, journal.done]);
  };

  it("does a step once for the same inputs, and gives the result of then", async () => {
    expect(await run(["a", 1], async () => "first")).toEqual(["first", 1]);
    expect(await run(["a", 1], async () => "again")).toEqual(["first", 0]);
  });

  it("does it again for other inputs", async () => {
    await run("a", async () => "first");
    expect(await run("b", async () => "second")).toEqual(["second", 1]);
  });

  it("does not take a failure for done", async () => {
    await expect(run("a", () => Promise.reject(new Error("broke off")))).rejects.toThrow("broke off");
    expect(await run("a", async () => "first")).toEqual(["first", 1]);
  });

  it("keeps the steps apart", async () => {
    const journal = new Journal("bank-churn");
    await journal.once("one", "a", async () => 1);
    await journal.once("two", "a", async () => 2);
    expect(Object.keys(JSON.parse(readFileSync(join(home, "journal/bank-churn.json"), "utf8")))).toEqual([
      "one",
      "two",
    ]);
  });
});
