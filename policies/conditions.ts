import { secret, UNKNOWN, type Value } from "../protocol/properties";
import { parseUrn } from "../protocol/urn";
import type { Parameter } from "./parameter";
import type { At, Condition, RuleText } from "./rule";
import { mayBeSecret } from "./secretForms";
import { isHidden, items, plain, read, shown } from "./values";
import {
  allVerdicts,
  anyVerdict,
  fail,
  impliesVerdict,
  type Judged,
  open,
  opposite,
  pass,
  passOn,
} from "./verdict";

/** Judges the value at a path by a test; what is not known yet leaves it open. */
export function holds(path: string, test: (value: Value | undefined) => boolean, wanted: string): Condition {
  return ({ value: root }) => {
    const value = read(root, path);
    if (value === UNKNOWN) return open(`${path} is not known yet`);
    const saw = () => {
      const hidden = isHidden(root, path) || mayBeSecret(root, path, value ?? null);
      return `${path || "it"} is ${hidden ? "a secret" : shown(value)}`;
    };
    return test(value) ? passOn(saw) : fail(`${saw()}, and must be ${wanted}`);
  };
}

const list = (values: readonly Value[]) => values.map((value) => JSON.stringify(value)).join(" or ");

/** The value is one of these; one that is not set is none of them. */
export const is = (path: string, ...values: Value[]): Condition =>
  holds(path, (value) => value !== undefined && values.includes(value), list(values));

/** The value is none of these; one that is not set passes. */
export const isNot = (path: string, ...values: Value[]): Condition =>
  holds(path, (value) => value === undefined || !values.includes(value), `anything but ${list(values)}`);

/** There is a value, and it is neither empty nor an empty list. */
export const set = (path: string): Condition =>
  holds(
    path,
    (value) => value !== undefined && value !== "" && (!Array.isArray(value) || value.length > 0),
    "set",
  );

/** There is a list or an object, with something in it. */
export const filled = (path: string): Condition =>
  holds(path, (value) => Object.keys(value ?? {}).length > 0, "filled");

/** There is no value, or an empty list. */
export const unset = (path: string): Condition =>
  holds(path, (value) => value === undefined || (Array.isArray(value) && value.length === 0), "left out");

/** The value is a number of at least this. */
export const atLeast = (path: string, least: number): Condition =>
  holds(path, (value) => typeof value === "number" && value >= least, `at least ${least}`);

/** The value is a number of at most this. */
export const atMost = (path: string, most: number): Condition =>
  holds(path, (value) => typeof value === "number" && value <= most, `at most ${most}`);

/** The value is a text of this form. */
export const matches = (path: string, form: RegExp, wanted = `of the form ${form.source}`): Condition =>
  holds(path, (value) => typeof value === "string" && form.test(value), wanted);

/** The value is a text of any but this form, or not set. */
export const matchesNot = (
  path: string,
  form: RegExp,
  wanted = `not of the form ${form.source}`,
): Condition => holds(path, (value) => typeof value !== "string" || !form.test(value), wanted);

/** The list has this item. */
export const includes = (path: string, item: Value): Condition =>
  holds(path, (value) => Array.isArray(value) && value.includes(item), `a list with ${JSON.stringify(item)}`);

/** Every condition holds. */
export const allOf =
  (...conditions: Condition[]): Condition =>
  (at, context) =>
    allVerdicts(conditions.map((condition) => condition(at, context)));

/** One of the conditions holds. */
export const anyOf =
  (...conditions: Condition[]): Condition =>
  (at, context) =>
    anyVerdict(conditions.map((condition) => condition(at, context)));

/** The condition does not hold; `because` says what that means. */
export const not =
  (condition: Condition, because: string): Condition =>
  (at, context) =>
    opposite(condition(at, context), because);

/** Where the first holds, so does the second; an open first leaves a failing second open. */
export const implies =
  (first: Condition, second: Condition): Condition =>
  (at, context) => {
    const applies = first(at, context);
    return applies.verdict === "fail" ? pass : impliesVerdict(applies, second(at, context));
  };

/**
 * Judges what a preview does not know by where it comes from: the condition holds if the property comes from these
 * types alone.
 */
export const settledBy =
  (condition: Condition, property: string, ...types: string[]): Condition =>
  (at, context) => {
    const judged = condition(at, context);
    // A pack learns late where values come from, so a condition asks only if it needs the answer.
    if (judged.verdict !== "open") return judged;
    const from = at.resource.propertyDependencies[property] ?? [];
    return from.length > 0 && from.every((urn) => types.includes(parseUrn(urn).type))
      ? passOn(() => `${property} comes from ${from.map((urn) => parseUrn(urn).name).join(" and ")}`)
      : judged;
  };

/** A verdict on a part, reported as one on the whole. */
const within = (path: string, { verdict, why, saw }: Judged): Judged => ({
  verdict,
  why: verdict === "pass" ? "" : `${path}: ${why}`,
  ...(saw && { saw: () => `${path}: ${saw()}` }),
});

function each(at: At, path: string, judge: (at: At) => Judged, combine: typeof allVerdicts): Judged {
  const found = items(at.value, path);
  if (found === undefined) return open(`${path} is not known yet`);
  const judged = found.map((value, index) => {
    const one = plain(value) === UNKNOWN ? open("it is not known yet") : judge({ ...at, value });
    return within(`${path}[${index}]`, one);
  });
  return combine(judged);
}

/** The condition holds for every item of a list; an absent list passes. */
export const every =
  (path: string, condition: Condition): Condition =>
  (at, context) =>
    each(at, path, (one) => condition(one, context), allVerdicts);

/** The condition holds for an item of a list. */
export const some =
  (path: string, condition: Condition): Condition =>
  (at, context) =>
    items(at.value, path)?.length === 0
      ? fail(`${path} has nothing in it`)
      : each(at, path, (one) => condition(one, context), anyVerdict);

/** Looks at the value of a path, for conditions on what it holds. */
export const at =
  (path: string, condition: Condition): Condition =>
  (from, context) => {
    const value = read(from.value, path);
    if (value === UNKNOWN) return open(`${path} is not known yet`);
    const hidden = value !== undefined && isHidden(from.value, path);
    const judged = condition({ ...from, value: hidden ? secret(value) : value }, context);
    return within(path, judged);
  };

/** The condition holds for resources of this type; others pass. */
export const ofType =
  (type: string, condition: Condition): Condition =>
  (from, context) =>
    from.resource.type === type ? condition(from, context) : pass;

/** A condition that is made with a parameter of its rule. */
export const given =
  <T extends Parameter["default"]>(
    rule: Pick<RuleText, "id" | "parameters">,
    name: string,
    make: (value: T) => Condition,
  ): Condition =>
  (from, context) =>
    make(context.parameter<T>(rule, name))(from, context);

/** The resource has the option `protect`. */
export const isProtected: Condition = ({ resource }) =>
  resource.protect
    ? passOn(() => "the option protect is on")
    : fail("the option protect is off, and must be on");

/** The environment is production. */
export const inProduction: Condition = (_at, { production }) =>
  production ? pass : fail("this is not production");

/** The environment's data is confidential or more. */
export const confidential: Condition = (_at, context) =>
  context.confidential ? pass : fail("the data is not confidential");

/** There is such a resource at all, which there must not be; it says so. */
export const never =
  (because: string): Condition =>
  () =>
    fail(because);
