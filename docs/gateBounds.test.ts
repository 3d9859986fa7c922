import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { gates } from "../components/settings/useCase";
import { projectRoot } from "../local/home";
import { jsonSchemaOf } from "./settingsTable";

interface Schema {
  readonly properties: Readonly<Record<string, { readonly minimum?: number; readonly maximum?: number }>>;
}

const bounds = ({ properties }: Schema) =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([key, { minimum, maximum }]) =>
      minimum === undefined ? [] : [[key.replaceAll("_", "").toLowerCase(), [minimum, maximum]]],
    ),
  );

const released = JSON.parse(readFileSync(join(projectRoot, "python/schemas/gates.json"), "utf8")) as {
  readonly $defs: Readonly<Record<string, Schema>>;
};

it.each([
  [0, "ClassificationGates"],
  [1, "RegressionGates"],
])("the bounds of gates in stack files are those of the release: %i, %s", (at, name) => {
  const form = jsonSchemaOf(gates).oneOf?.[at] as Schema;
  expect(Object.keys(bounds(form))).toHaveLength(4);
  expect(bounds(form)).toEqual(bounds(released.$defs[name] as Schema));
});
