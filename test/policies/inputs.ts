import type { ResourceState } from "../../local/engine/document";
import { isObject, isSecret, type Properties, type Value } from "../../protocol/properties";
import { parseUrn } from "../../protocol/urn";

/** A value of a resource's inputs, with the way to put another in its place. */
export interface Leaf {
  /** As in `spec.containers.*.env.[HOME].value`: items of lists are alike, but for variables and options. */
  readonly path: string;
  readonly value: Value;
  /** The whole with another value there, or without it. */
  readonly with: (to: Value | undefined) => Value | undefined;
}

const joined = (path: string, key: string) => {
  const part = /^[\w-]+$|^\*$/.test(key) ? key : `[${key}]`;
  return path === "" ? part : `${path}.${part}`;
};

/** How an item of a list is called: a variable and an option by their names, anything else is one of many. */
function labelOf(item: Value, path: string): string {
  if (/(^|\.)env$/.test(path) && isObject(item)) return String(item.name);
  return /^(--[\w-]+)=/.exec(String(item))?.[1] ?? "*";
}

/** The settings in a text of TOML, a line each. */
function* linesOf(text: string, path: string): Iterable<Leaf> {
  const lines = text.split("\n");
  for (const [at, line] of lines.entries()) {
    const [, key, value = ""] = /^(\w+) = (.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    yield {
      path: joined(path, key),
      value,
      with: (to) =>
        lines
          .flatMap((each, place) => (place !== at ? each : to === undefined ? [] : `${key} = ${to}`))
          .join("\n"),
    };
  }
}

function* within(value: Value, path: string, put: (to: Value | undefined) => Value): Iterable<Leaf> {
  for (const leaf of leavesOf(value, path)) yield { ...leaf, with: (to) => put(leaf.with(to)) };
}

const isItem = (value: Value | undefined): value is Value => value !== undefined;

/** Every value of some inputs. */
export function* leavesOf(value: Value, path = ""): Iterable<Leaf> {
  if (isSecret(value)) yield* within(value.value ?? null, path, (to) => ({ ...value, value: to ?? null }));
  else if (Array.isArray(value) && value.length > 0)
    for (const [at, item] of value.entries()) {
      const put = (to: Value | undefined) =>
        value.map((each, place) => (place === at ? to : each)).filter(isItem);
      yield* within(item, joined(path, labelOf(item, path)), put);
    }
  else if (isObject(value) && Object.keys(value).length > 0)
    for (const [key, item] of Object.entries(value as Properties)) {
      const { [key]: _own, ...others } = value as Properties;
      // A key that is an id is one of many.
      const name = key.startsWith("/") ? "*" : key;
      yield* within(item, joined(path, name), (to) => (to === undefined ? others : { ...others, [key]: to }));
    }
  else if (path.endsWith(".toml]")) yield* linesOf(String(value), path);
  else yield { path, value, with: (to) => to };
}

/** An input that the program gives to a type of resource, with some of the resources that have it. */
export interface Input {
  readonly type: string;
  readonly path: string;
  readonly places: readonly { readonly stack: string; readonly state: ResourceState; readonly leaf: Leaf }[];
}

/** What is made by a provider: components only hold such resources together. */
const isMade = ({ type }: ResourceState) => !type.startsWith("ecluse:") && type !== "pulumi:pulumi:Stack";

/** What two environments call alike: `tracking` of `prod-tracking` and `dev-tracking`. */
const nameOf = ({ urn }: ResourceState) => parseUrn(urn).name.replace(/^[a-z]+-/, "");

/** Every input of every type of resource, with one place for each name: that of the first stack which has it. */
export function inputsOf(planned: ReadonlyMap<string, readonly ResourceState[]>): Input[] {
  const found = new Map<string, Input & { places: { stack: string; state: ResourceState; leaf: Leaf }[] }>();
  for (const [stack, states] of planned)
    for (const state of states.filter(isMade))
      for (const leaf of leavesOf(state.inputs ?? {})) {
        const key = `${state.type} ${leaf.path}`;
        const input = found.get(key) ?? { type: state.type, path: leaf.path, places: [] };
        const known = input.places.some(
          (place) => place.stack !== stack && nameOf(place.state) === nameOf(state),
        );
        if (!known) input.places.push({ stack, state, leaf });
        found.set(key, input);
      }
  return [...found.values()];
}

/** Of an option such as `--cookie-secure=true` the same with another value. */
const optionsOf = (value: string) => {
  const [, option, set] = /^(--[\w-]+)=(.*)$/.exec(value) ?? [];
  return option ? [`${option}=${set === "true" ? "false" : set === "false" ? "true" : "elsewhere"}`] : [];
};

/** What somebody may put in the place of a value by mistake or on purpose; the last of them takes it away. */
export function othersThan(value: Value): (Value | undefined)[] {
  if (typeof value === "boolean") return [!value, undefined];
  if (typeof value === "number") return [value * 1000 + 1, 0, undefined];
  if (typeof value !== "string") return [["elsewhere"], undefined];
  const switched = { true: "false", false: "true" }[value];
  const longer = /^(PT?)?\d+([smhdDHMY])$/.exec(value);
  const worse = longer ? `${longer[1] ?? ""}9999${longer[2]}` : /^\d/.test(value) ? "0.0.0.0/0" : "";
  return [switched ?? "elsewhere", "*", worse, ...optionsOf(value), undefined];
}
