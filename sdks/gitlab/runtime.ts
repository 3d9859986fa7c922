import * as pulumi from "@pulumi/pulumi";
import { version } from "./package.json";

/** What the provider's schema says of a resource's properties, by name. */
export interface Shape {
  readonly inputs: readonly string[];
  readonly required: readonly string[];
  /** Outputs that no input sets. */
  readonly computed: readonly string[];
  /** Inputs and outputs that are kept encrypted wherever they go. */
  readonly secrets: readonly string[];
  /** Inputs whose change makes a new resource. */
  readonly replaces: readonly string[];
}

type Values = object | undefined;
type Make<Made> = (name: string, urn: pulumi.URN) => Made;

/** The properties that a resource registers: the state to look up when an id is given, its arguments otherwise. */
export function resourceInputs(shape: Shape, values: Values, opts: pulumi.CustomResourceOptions = {}) {
  if (opts.id === undefined && opts.urn === undefined) requireInputs(shape, values);
  const given = opts.id === undefined ? shape.inputs : [...shape.inputs, ...shape.computed];
  // A name without a value still becomes an output of the resource.
  const outputs = Object.fromEntries(shape.computed.map((name) => [name, undefined]));
  return { ...outputs, ...pick(shape, given, values) };
}

/** The properties that a provider is configured with; the protocol carries all but strings as JSON. */
export function providerInputs(shape: Shape, values: Values, json: readonly string[]): pulumi.Inputs {
  const picked = pick(shape, shape.inputs, values);
  const encoded = json.map((name) => [name, pulumi.output(picked[name]).apply(JSON.stringify)]);
  return { ...picked, ...Object.fromEntries(encoded) };
}

/** The caller's options, with the provider's version and the outputs to encrypt. */
export function resourceOptions<Options extends pulumi.CustomResourceOptions>(shape: Shape, opts?: Options) {
  return pulumi.mergeOptions({ version, additionalSecretOutputs: [...shape.secrets] }, opts);
}

/** The caller's options for a function, with the provider's version. */
export function invokeOptions(opts?: pulumi.InvokeOutputOptions): pulumi.InvokeOutputOptions {
  return { ...opts, version: opts?.version ?? version };
}

/** What each class of the package registers, by its type. */
export const shapes = new Map<string, Shape>();

/** Lets the SDK make this class again from a reference to a resource that is registered already. */
export function registerResource(type: string, shape: Shape, make: Make<pulumi.Resource>): void {
  const [pkg = "", module = ""] = type.split(":");
  const construct = (name: string, _type: string, urn: string) => make(name, urn);
  pulumi.runtime.registerResourceModule(pkg, module, { version, construct });
  shapes.set(type, shape);
}

/** Lets the SDK make the provider again from a reference to one that is registered already. */
export function registerProvider(pkg: string, shape: Shape, make: Make<pulumi.ProviderResource>): void {
  const constructProvider = (name: string, _type: string, urn: string) => make(name, urn);
  pulumi.runtime.registerResourcePackage(pkg, { version, constructProvider });
  shapes.set(pkg, shape);
}

function requireInputs(shape: Shape, values: Values) {
  const missing = shape.required.find((name) => property(values, name) === undefined);
  if (missing !== undefined) throw new Error(`Missing required property '${missing}'`);
}

function pick(shape: Shape, names: readonly string[], values: Values): pulumi.Inputs {
  const secrets = new Set(shape.secrets);
  return Object.fromEntries(
    names.map((name) => {
      const value = property(values, name);
      return [name, value !== undefined && secrets.has(name) ? pulumi.secret(value) : value];
    }),
  );
}

function property(values: Values, name: string): unknown {
  return values === undefined ? undefined : Reflect.get(values, name);
}
