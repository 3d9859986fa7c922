import { expect, it } from "vitest";
import { secret, UNKNOWN, type Value } from "../protocol/properties";
import { shown } from "./values";

it.each<[Value | undefined, string]>([
  [undefined, "not set"],
  [UNKNOWN, "not known yet"],
  [["198.51.100.0/24", UNKNOWN], '["198.51.100.0/24",not known yet]'],
  [{ a: { b: [UNKNOWN] }, c: secret("hunter2") }, "{a, c}"],
  [[{ name: "DB_PASSWORD", value: "hunter2" }], "a list of 1"],
  ["x".repeat(60), `"${"x".repeat(56)}…`],
])("writes %j as %s", (value, text) => expect(shown(value)).toBe(text));
