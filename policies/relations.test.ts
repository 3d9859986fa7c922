import { describe, expect, it } from "vitest";
import { type Properties, UNKNOWN, type Value } from "../protocol/properties";
import { drawn, type Sketch, urnOf } from "./cases";
import { byPrincipal, ofIdentity } from "./identities";
import { Lookup, once } from "./lookup";
import { byId, byName, bySource, type Relation, referents, referrers } from "./relations";
import type { Resource } from "./resource";
import { besides, holdsObject, liesIn } from "./selectors";
import { Stack } from "./stack";

describe("a lookup", () => {
  const things = new Lookup(["ab", "?", "b", "c", "aa"], (item) => (item === "?" ? undefined : [...item]));

  it("finds what has one of the keys, and what may have it, each once and in the first order", () => {
    expect(things.of(["b"])).toEqual(["ab", "?", "b"]);
    expect(things.of(["a", "b"])).toEqual(["ab", "?", "b", "aa"]);
    expect(things.of([])).toEqual(["?"]);
  });

  it("finds all where the keys are not known", () => {
    expect(things.of(undefined)).toEqual(["ab", "?", "b", "c", "aa"]);
  });
});

it("what is worked out once is so for each object", () => {
  let times = 0;
  const counted = once((_key: object) => ++times);
  const key = {};
  expect([counted(key), counted(key), counted({})]).toEqual([1, 1, 2]);
});

const names = ["one", "two", undefined] as const;
const written: readonly (Value | undefined)[] = [undefined, UNKNOWN, "one", "ONE", "two/three", 7];

/** Every way in which a property may say, or hide, which of the others it means. */
function froms(sketch: (value: Value | undefined) => Properties, property: string): Sketch[] {
  return written.flatMap((value, at) =>
    names.map((source, place) => ({
      type: "a:b:From",
      name: `from-${at}-${place}`,
      inputs: sketch(value),
      propertyDependencies: source ? { [property]: [urnOf("a:b:To", source)] } : {},
    })),
  );
}

const given = (key: string, value: Value | undefined): Properties =>
  value === undefined ? {} : { [key]: value };
const metadata =
  (key: string) =>
  (value: Value | undefined): Properties => ({ metadata: given(key, value) });

const tos = (sketch: (value: Value | undefined) => Partial<Sketch>): Sketch[] =>
  [undefined, UNKNOWN, "One", "two", "default", "7"].map((value, at) => ({
    type: "a:b:To",
    name: names[at] ?? `to-${at}`,
    ...sketch(value),
  }));

const relations: Readonly<Record<string, readonly [relation: Relation, from: Sketch[], to: Sketch[]]>> = {
  bySource: [bySource("x"), froms((value) => given("x", value), "x"), tos(() => ({}))],
  byId: [
    byId("x"),
    froms((value) => given("x", value), "x"),
    tos((value) => (typeof value === "string" && value !== UNKNOWN ? { id: value } : {})),
  ],
  byName: [
    byName("x"),
    froms((value) => given("x", value), "x"),
    tos((value) => ({ inputs: given("x", value) })),
  ],
  ofIdentity: [
    ofIdentity,
    froms((value) => given("resourceName", value), "resourceName"),
    tos((value) => ({ inputs: given("resourceName", value) })),
  ],
  byPrincipal: [
    byPrincipal,
    froms((value) => given("principalId", value), "principalId"),
    tos((value) => ({ outputs: given("principalId", value) })),
  ],
  liesIn: [
    liesIn,
    froms(metadata("namespace"), "metadata"),
    tos((value) => ({ inputs: metadata("name")(value) })),
  ],
  holdsObject: [
    holdsObject,
    froms(metadata("name"), "metadata"),
    tos((value) => ({
      inputs: metadata("namespace")(value),
      propertyDependencies: { metadata: [urnOf("a:b:From", "from-1-0")] },
    })),
  ],
  besides: [
    besides,
    froms(metadata("namespace"), "metadata"),
    tos((value) => ({ inputs: metadata("namespace")(value) })),
  ],
};

describe.each(Object.entries(relations))("%s", (_name, [relation, from, to]) => {
  const stack = new Stack(
    "prod",
    [...from, ...to].map((sketch) => drawn(sketch)),
  );
  const [fromAll, toAll] = [stack.of("a:b:From"), stack.of("a:b:To")];
  const related = (one: Resource, other: Resource) => relation(stack, one, other).verdict !== "fail";

  it("relates some and not others", () => {
    const verdicts = fromAll.flatMap((one) => toAll.map((other) => related(one, other)));
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
  });

  it("leaves out none that is, or may be, related, whichever side asks", () => {
    for (const other of toAll) {
      const found = referrers(stack, "a:b:From", relation, other);
      expect(fromAll.filter((one) => related(one, other) && !found.includes(one))).toEqual([]);
    }
    for (const one of fromAll) {
      const found = referents(stack, "a:b:To", relation, one);
      expect(toAll.filter((other) => related(one, other) && !found.includes(other))).toEqual([]);
    }
  });

  it("asks fewer than all", () => {
    const asked = toAll.map((other) => referrers(stack, "a:b:From", relation, other).length);
    expect(Math.min(...asked)).toBeLessThan(fromAll.length);
  });
});
