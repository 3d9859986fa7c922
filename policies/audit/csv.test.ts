import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../local/home";
import { csv } from "./csv";
import { fixture, hostile } from "./fixture";

const program = `
import csv, io, json, sys
print(json.dumps(list(csv.DictReader(io.StringIO(sys.stdin.buffer.read().decode(), newline=""), strict=True))))
`;

/** Reads the table by Python's parser, which refuses what is not well-formed. */
function read(text: string): Readonly<Record<string, string>>[] {
  const python = join(projectRoot, ".venv/bin/python");
  const words = ["-c", program];
  return JSON.parse(execFileSync(python, words, { input: text, encoding: "utf8" }));
}

describe("csv", () => {
  it("has a line for each finding, with what it is of", () => {
    const rows = read(csv(fixture));
    expect(rows.map(({ rule, status, stack }) => [rule, status, stack])).toEqual(
      [
        ["kv-02-no-public-network", "Waiver over", ""],
        ["kv-01-purge-protected", "Violation", "prod"],
        ["kv-01-purge-protected", "Advisory", "dev"],
        ["kv-01-purge-protected", "Pass", "prod"],
        ["kv-01-purge-protected", "Pass", "prod"],
        ["kv-02-no-public-network", "Waived", "prod"],
        ["kv-10", "Open", "prod"],
        ["st-01", "Pass", "prod"],
        ["aks-01", "Not applicable", "prod"],
      ].map(([rule, ...rest]) => [expect.stringMatching(new RegExp(`^${rule}`)), ...rest]),
    );
    expect(rows[0]).toMatchObject({ waiver: "W-0", "waived until": "2026-02-01" });
    expect(rows[1]).toMatchObject({
      judged: "state",
      severity: "critical",
      level: "mandatory",
      found: `it is off ${hostile}`,
      source: "components/azure/vault.ts:52",
      controls: "mcsb:DP-8; cis-azure:8.10 (proposed)",
      commit: fixture.commit,
      time: fixture.time,
    });
    expect(rows[5]).toMatchObject({ waiver: "W-1", "waived until": "2026-06-01" });
  });

  it("is of the form of RFC 4180, whatever stands in a cell", () => {
    const odd = `a "quoted", text\r\nof two lines`;
    const entries = fixture.entries.map((entry) => ({ ...entry, why: odd }));
    const text = csv({ ...fixture, entries });
    expect(
      read(text)
        .slice(1)
        .map(({ found }) => found),
    ).toEqual(Array(8).fill(odd));
    expect(text.endsWith("\r\n")).toBe(true);
    expect(text.split("\r\n")[0]).toMatch(/^stack,judged,status,/);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("https://example.com")'])(
    "starts no formula: %j",
    (why) => {
      const entries = fixture.entries.map((entry) => ({ ...entry, why, urn: why, source: why }));
      for (const row of read(csv({ ...fixture, entries })).slice(1))
        expect([row.found, row.urn, row.source]).toEqual(Array(3).fill(`'${why}`));
    },
  );

  it("is the same for the same audit", () => expect(csv(structuredClone(fixture))).toBe(csv(fixture)));
});
