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
