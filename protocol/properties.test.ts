import { expect, test } from "vitest";
import { EventSink } from "../local/engine/events";
import {
  blank,
  flattenReferences,
  inheritSecrets,
  reveal,
  SIGNATURE,
  secret,
  secretStrings,
  UNKNOWN,
} from "./properties";

test("secrets are revealed, blanked and listed at any depth", () => {
  const value = { a: secret("x1"), b: [{ c: secret({ d: secret("x2"), e: 3 }) }], f: "open" };
  expect(reveal(value)).toEqual({ a: "x1", b: [{ c: { d: "x2", e: 3 } }], f: "open" });
  expect(blank(value)).toEqual({ a: "[secret]", b: [{ c: "[secret]" }], f: "open" });
  expect(secretStrings(value)).toEqual(["x1", "x2"]);
});

test("outputs get the mark of the input of their name", () => {
  const inputs = { nested: { deep: secret("s"), open: "o" }, list: ["o", secret("s")], open: "o" };
  const outputs = { nested: { deep: "s", open: "o" }, list: ["o", "s"], open: "o", more: 1 };
  expect(inheritSecrets(outputs, inputs, ["more"])).toEqual({
    // Of an object only what was secret; of a list nobody knows which item became which.
    nested: { deep: secret("s"), open: "o" },
    list: secret(["o", "s"]),
    open: "o",
    more: secret(1),
  });
  expect(inheritSecrets({ text: "s" }, { text: secret("s") }, [])).toEqual({ text: secret("s") });
  expect(inheritSecrets({ whole: { a: 1 } }, { whole: secret({ a: 1 }) }, [])).toEqual({
    whole: secret({ a: 1 }),
  });
});

test("references become ids, or URNs of components, or unknown", () => {
  const reference = (more: object) => ({
    [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e",
    urn: "u",
    ...more,
  });
  const value = { made: reference({ id: "i" }), planned: reference({ id: "" }), component: reference({}) };
  expect(flattenReferences(value)).toEqual({ made: "i", planned: UNKNOWN, component: "u" });
});

test("no line of a secret passes the events", () => {
  const seen: unknown[] = [];
  const events = new EventSink((event) => seen.push(event));
  events.hide(["-----BEGIN-----\nabcdef\n", "abc"]);
  events.diagnose("info", "the key is abcdef, abc");
  events.emit({ type: "log", source: "program", line: "-----BEGIN-----" });
  expect(seen).toEqual([
    // Under four characters a secret looks like ordinary words.
    { type: "diagnostic", severity: "info", message: "the key is [secret], abc" },
    { type: "log", source: "program", line: "[secret]" },
  ]);
});
