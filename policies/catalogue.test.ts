import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rules } from "./all";
import { mappedRules } from "./controls";
import { omitted } from "./omitted";

/** Id, environments and severity of each line of the catalogue. */
const lines = readFileSync(join(__dirname, "catalogue.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, id = "", , environments = "", severity = ""] = line.split("|").map((cell) => cell.trim());
    return /^[A-Z0-9]+-\d+$/.test(id) ? [{ id, environments, severity }] : [];
  });

/** The ids that an entry of `omitted` stands for: one, or `GL-01 to GL-25`. */
const without = omitted.flatMap(({ id }) => {
  const [, family = "", first, last] = /^([A-Z0-9]+)-(\d+) to \1-(\d+)$/.exec(id) ?? [];
  if (!last) return [id];
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, at) => `${family}-${String(at + Number(first)).padStart(2, "0")}`);
});

describe("the catalogue", () => {
  it("has each of its lines as a rule, or left out with a reason", () => {
    const known = new Set([...rules.map(({ id }) => id), ...without]);
    expect(lines).toHaveLength(196);
    expect(lines.map(({ id }) => id).filter((id) => !known.has(id))).toEqual([]);
  });

  it("is what the rules say of their severity and environments", () => {
    const of = new Map(lines.map((line) => [line.id, line]));
    const other = rules.filter(({ id, severity, environments, deviation }) => {
      const line = of.get(id);
      const same = line?.severity === severity && line.environments.startsWith(environments.slice(0, 3));
      return line && !same && !deviation;
    });
    expect(other.map(({ id }) => id)).toEqual([]);
  });
});

it("every rule is mapped to controls, and has a name of its own", () => {
  expect(rules.map(({ id }) => id).filter((id) => !mappedRules.includes(id))).toEqual([]);
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});
