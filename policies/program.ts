import { isObject, UNKNOWN, type Value } from "../protocol/properties";
import { anyOf } from "./conditions";
import { templateOf } from "./pods";
import type { Resource } from "./resource";
import type { Condition } from "./rule";
import { items, plain, read } from "./values";
import { fail, open, passOn } from "./verdict";

const localTypes: readonly string[] = ["ecluse-local:index:Service", "ecluse-local:index:Task"];

const wordsOf = (lists: readonly (readonly Value[] | undefined)[]) =>
  lists.flatMap((list) => list ?? [UNKNOWN]).map((word) => plain(word) ?? "");

/** The words of a command, as one line; UNKNOWN where one of them is. */
function line(...lists: (readonly Value[] | undefined)[]): Value {
  const words = wordsOf(lists);
  return words.includes(UNKNOWN) ? UNKNOWN : words.join(" ");
}

/** What of a command says what it starts, such as `python -m <module>`: as `line`, but later words may be unknown. */
function start(...lists: (readonly Value[] | undefined)[]): Value {
  const words = wordsOf(lists);
  const known = words.indexOf(UNKNOWN);
  return known >= 0 && known < 3 ? UNKNOWN : words.slice(0, known < 0 ? undefined : known).join(" ");
}

/** Variables by name, those of `pick` only; UNKNOWN where the names are. */
function variables(container: Value, pick: (variable: Value) => Value | undefined): Value {
  const found = items(container, "env");
  if (!found || found.includes(UNKNOWN)) return UNKNOWN;
  const entries = found.flatMap((each): [string, Value][] => {
    const value = pick(each);
    return value === undefined ? [] : [[String(read(each, "name")), value]];
  });
  return Object.fromEntries(entries);
}

/** A container, of several the one that runs what this platform is about. */
function containerOf(resource: Resource): Value | undefined {
  const all = items(resource.inputs, `${templateOf(resource.type)}spec.containers`);
  const commandLine = (each: Value) => String(line(items(each, "command"), items(each, "args")));
  return (
    all?.find((each) => /ecluse_|mlflow|oauth2/.test(commandLine(each))) ?? all?.[0] ?? (all ? {} : undefined)
  );
}

/**
 * What a workload starts, alike for pods and for processes of one machine: the `line` of its words and their `start`,
 * its `image`, `env` of values that are written down, and `secretEnv` of those from a Secret.
 */
function programOf({ type, inputs }: Resource, container: Value | undefined): Value {
  if (localTypes.includes(type)) {
    const [env, secretEnv] = ["env", "secretEnv"].map((key) => read(inputs, key) ?? {});
    const words = items(inputs, "command");
    return { line: line(words), start: start(words), env: env as Value, secretEnv: secretEnv as Value };
  }
  if (container === undefined || container === UNKNOWN) return UNKNOWN;
  const words = [items(container, "command"), items(container, "args")];
  return {
    line: line(...words),
    start: start(...words),
    image: read(container, "image") ?? null,
    env: variables(container, (each) => read(each, "value")),
    secretEnv: variables(container, (each) => read(each, "valueFrom.secretKeyRef")),
  };
}

/** The condition on what a workload starts: `line`, `start`, `image`, `env.<NAME>` and `secretEnv.<NAME>`. */
export const inProgram =
  (condition: Condition): Condition =>
  (from, context) => {
    const value = programOf(from.resource, containerOf(from.resource));
    return value === UNKNOWN ? open("what it runs is not known yet") : condition({ ...from, value }, context);
  };

/** The value of a variable that a workload is started with; UNKNOWN where it is not known yet. */
export function variableOf(resource: Resource, name: string): Value | undefined {
  return read(programOf(resource, containerOf(resource)), `env.${name}`);
}

const variableGiven =
  (list: "env" | "secretEnv", name: string): Condition =>
  ({ value }) => {
    const variables = read(value, list);
    if (variables === UNKNOWN) return open(`${list} is not known yet`);
    return isObject(variables) && name in variables
      ? passOn(() => `${name} is given`)
      : fail(`${name} is not given`);
  };

/** A command may have a secret in it, so that a finding says what was looked for, and not what was seen. */
const commandMatches =
  (part: "start" | "line", form: RegExp): Condition =>
  ({ value }) => {
    const words = read(value, part);
    if (words === UNKNOWN) return open("the command is not known yet");
    return typeof words === "string" && form.test(words)
      ? passOn(() => `the command has ${form.source}`)
      : fail(`the command has no ${form.source}`);
  };

/** The variable is given, by value or by reference, whatever its value is: who reads it refuses an empty one. */
export const hasVariable = (name: string): Condition =>
  inProgram(anyOf(variableGiven("env", name), variableGiven("secretEnv", name)));

/** The variable comes from a Secret. */
export const fromSecret = (name: string): Condition => inProgram(variableGiven("secretEnv", name));

/** What the command starts is of this form. */
export const runs = (form: RegExp): Condition => inProgram(commandMatches("start", form));

/** Nothing is started but what the image has, which no plan says. */
export const startsByImage: Condition = inProgram(({ value }) =>
  read(value, "start") === ""
    ? open("what the image starts is not known")
    : fail("the command names what to start"),
);

/** The words of the command hold this; options that are not known yet leave it open. */
export const commandHas = (form: RegExp): Condition => inProgram(commandMatches("line", form));
