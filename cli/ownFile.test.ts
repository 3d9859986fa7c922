import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownFile } from "./ownFile";

let root: string;
let file: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "ecluse-own-"));
  file = join(root, "rows.csv");
  const lines = Array.from({ length: 60 }, (_, row) => `c${row};${row % 9},5;${row % 3 ? "nein" : "ja"}`);
  writeFileSync(file, `${["kunde;alter;weg", ...lines].join("\n")}\n`);
});
afterAll(() => rmSync(root, { recursive: true }));

describe("ecluse new --from", () => {
  it("goes by the file: its task, its contract, and its place in the checkout", async () => {
    const { own, ...kind } = await ownFile({ from: file, target: "weg" }, root);
    expect(kind).toEqual({ template: "classification", ownData: true });
    expect(own).toMatchObject({ source: "rows.csv", target: "weg", id: "kunde" });
    expect(own?.features).toContain('outcomes=("nein", "ja"),');
    expect((await ownFile({ from: file, target: "alter" }, join(root, "other"))).own?.source).toBe(file);
  });

  it("knows a time series and its step, also below zero and with ends of months", async () => {
    const lines = Array.from({ length: 60 }, (_, month) => {
      const end = new Date(Date.UTC(2020, month + 1, 0)).toISOString().slice(0, 10);
      return `${end},${(month % 12) - 6},${month % 2 ? "yes" : "no"}`;
    });
    const path = join(root, "months.csv");
    writeFileSync(path, `${["month,degrees,offer", ...lines].join("\n")}\n`);
    const { own, ...kind } = await ownFile({ from: path, target: "degrees" }, root);
    expect(kind).toEqual({ template: "timeseries", step: "month", ownData: true });
    expect(own).toMatchObject({ target: "degrees", id: "row_id", baseline: "season_ago" });
    expect(own?.features).toContain('        step="month",\n');
    expect(own?.features).toContain('        given=("offer",),\n');
    await expect(ownFile({ from: path, target: "degrees", step: "day" }, root)).rejects.toThrow(
      /--step is "day": leave it out: the rows of the file go by the month/,
    );
  });

  it("is not asked for without its flags", async () => {
    expect(await ownFile({ template: "regression" }, root)).toEqual({});
  });

  it.each([
    [{ target: "weg" }, /--target is "weg": give --from too/],
    [{ id: "kunde" }, /--id is "kunde": give --from too/],
    [{ from: "rows.csv" }, /--target is not set: name the column/],
    [{ from: "rows.csv", target: "fort" }, /column fort is missing; .*has 'kunde', 'alter', 'weg'/],
    [{ from: "none.csv", target: "weg" }, /none\.csv: there is no such file or folder/],
    [
      { from: "rows.csv", target: "alter", template: "classification" },
      /--template is "classification": leave it out: column alter makes it regression/,
    ],
  ])("refuses %o", async (options, message) => {
    const from = "from" in options ? { from: join(root, options.from) } : {};
    await expect(ownFile({ ...options, ...from }, root)).rejects.toThrow(message);
  });
});
