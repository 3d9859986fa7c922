import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import { describe, expect, it } from "vitest";
import { gatesDocument } from "../components/processes/release";
import { projectRoot } from "../local/home";
import { useCaseOf } from "./fixture";

interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

const schema = JSON.parse(readFileSync(join(projectRoot, "python/schemas/gates.json"), "utf8"));
const accepts = new Ajv({ strict: false }).compile(schema);

/** The gates of a use case whose stack file says these. */
const gatesOf = (gates: object) => useCaseOf({ gates }).gates;

const camel = (key: string) => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

describe.each([
  ["roc_auc", "ClassificationGates", 7],
  ["roc_auc_ovr", "MulticlassGates", 7],
  ["r2", "RegressionGates", 5],
])("the gates of metric %s", (metric, name, count) => {
  const properties: Record<string, Partial<Bounds>> = schema.$defs[name].properties;
  const bounded = Object.entries(properties).flatMap(([key, { minimum, maximum }]) =>
    minimum === undefined || maximum === undefined ? [] : [[key, minimum, maximum] as const],
  );

  it("are what the release reads", () => {
    expect(bounded).toHaveLength(count);
    expect(accepts(gatesDocument(gatesOf({ metric }), "production"))).toBe(true);
  });

  it.each(bounded)("have the release's bounds for %s", (key, minimum, maximum) => {
    const set = (value: number) => gatesOf({ metric, [camel(key)]: value });
    for (const value of [minimum, maximum])
      expect(accepts(gatesDocument(set(value), "production"))).toBe(true);
    for (const value of [minimum - 0.01, maximum + 0.01]) {
      expect(() => set(value)).toThrow(camel(key));
      expect(accepts({ ...gatesDocument(gatesOf({ metric }), "production"), [key]: value })).toBe(false);
    }
  });
});
