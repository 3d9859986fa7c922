import * as pulumi from "@pulumi/pulumi";
import { InputError } from "./errors";
import { statefulTypes } from "./stateful";

/**
 * A transformation for production: refuses every stateful resource that is not protected, or whose inputs open it up;
 * else gives the inputs back. Pulumi itself lets one edit remove `protect` and replace the resource; with this, that
 * edit never becomes a plan.
 */
export function guard({ type, name, props, opts }: pulumi.ResourceTransformationArgs) {
  const row = statefulTypes[type];
  const options: pulumi.CustomResourceOptions = opts;
  // What is read by its id belongs to somebody else.
  if (!row || options.id !== undefined || options.urn !== undefined) return undefined;
  const refuse = (what: string, value: unknown, fix: string): never => {
    throw new InputError(`${name} (${type}): ${what}`, value, `in production ${fix}`);
  };
  if (options.protect !== true) refuse("protect", options.protect, "set it to true, with stateful(...)");
  const unwatched = row.replaceOnChanges.filter((path) => !options.replaceOnChanges?.includes(path));
  if (unwatched.length > 0)
    refuse("replaceOnChanges", options.replaceOnChanges, `add ${unwatched.join(", ")}, with stateful(...)`);
  let checked: unknown = props;
  for (const [path, required] of Object.entries(row.required)) {
    if (ignores(options, path)) refuse("ignoreChanges", options.ignoreChanges, `leave ${path} out of it`);
    checked = check(checked, path.split("."), (value) => {
      if (!same(value, required)) refuse(path, value, `set it to ${JSON.stringify(required)}`);
    });
  }
  return { props: checked as pulumi.Inputs, opts };
}

/** An ignored change keeps the old input, so that the one checked here would not be the one that holds. */
function ignores({ ignoreChanges = [] }: pulumi.CustomResourceOptions, path: string): boolean {
  return ignoreChanges.some(
    (ignored) => ignored === "*" || path === ignored || path.startsWith(`${ignored}.`),
  );
}

/**
 * Applies `judge` to the value at `path`, and gives the inputs back. What is an Output is judged when it is known,
 * which is before its resource is registered; only that part is wrapped, so that the rest stays known in a preview.
 */
function check(value: unknown, path: readonly string[], judge: (value: unknown) => void): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise)
    return pulumi.output(value).apply((known: unknown) => check(known, path, judge));
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== "object" || value === null) {
    judge(key === undefined ? value : undefined);
    return value;
  }
  return { ...value, [key]: check((value as Record<string, unknown>)[key], rest, judge) };
}

/** Azure reads its names without regard to case: `disabled` is `Disabled`. */
function same(value: unknown, required: string | boolean): boolean {
  return typeof value === "string" && typeof required === "string"
    ? value.toLowerCase() === required.toLowerCase()
    : value === required;
}
