import * as gitlab from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { nameOf, type Properties, type Property, requireKnown } from "./generator/schema";
import * as pkg from "./package.json";
import { shapes } from "./runtime";
import { register, secretsOf, shown } from "./testdata/register";
import { found, functions, resources, samples, schema, suite } from "./testdata/schema";

type Class = new (name: string, args: object, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;
const classOf = (token: string) => Reflect.get(gitlab, nameOf(token)) as Class & typeof gitlab.Project;

/** Secret beyond what the schema flags at the top: CI variables, and objects with a secret inside. */
const ALSO_SECRET: Readonly<Record<string, readonly string[]>> = {
  GroupVariable: ["value"],
  PipelineScheduleVariable: ["value"],
  ProjectHook: ["customHeaders", "urlVariables"],
  ProjectVariable: ["value"],
};

const flagged = (properties: Properties, flag: "secret" | "willReplaceOnChanges") =>
  Object.keys(properties).filter((name) => properties[name]?.[flag]);

const secretsIn = (token: string, properties: Properties) =>
  [...flagged(properties, "secret"), ...(ALSO_SECRET[nameOf(token)] ?? [])].sort();

describe.skipIf(!found)(suite("the schema"), () => {
  it("is of this version, and each of its resources and functions is there", () => {
    expect([pkg.version, pkg.pulumi.version]).toEqual([schema.version, schema.version]);
    const classes = resources.map(([token]) => nameOf(token));
    const names = functions.flatMap(([token]) => [nameOf(token), `${nameOf(token)}Output`]);
    expect(classes).toHaveLength(37);
    expect(Object.keys(gitlab).sort()).toEqual([...classes, ...names, "Provider", "types"].sort());
  });

  it.each(resources)("%s registers its inputs and has its outputs", async (token, resource) => {
    const { inputProperties, properties } = resource;
    const args = samples(inputProperties);
    const made = await register((opts) => new (classOf(token))("one", args, opts));
    expect([made.type, made.options.version]).toEqual([token, schema.version]);
    expect(shown(made.inputs)).toEqual(args);
    const outputs = Object.keys(made.resource).filter((name) => name in properties);
    expect(outputs.sort()).toEqual(Object.keys(properties).sort());
    expect(classOf(token).isInstance(made.resource)).toBe(true);
    expect(gitlab.Provider.isInstance(made.resource)).toBe(false);
  });

  it.each(resources)("%s keeps its secrets", async (token, { inputProperties, properties }) => {
    const made = await register((opts) => new (classOf(token))("one", samples(inputProperties), opts));
    expect(secretsOf(made.inputs).sort()).toEqual(secretsIn(token, inputProperties));
    const { additionalSecretOutputs = [] } = made.options;
    expect([...additionalSecretOutputs].sort()).toEqual(secretsIn(token, properties));
  });

  it.each(resources)("%s is found by its id and all that is known of it", async (token, { properties }) => {
    const state = samples(properties);
    const { id, type, inputs } = await register((opts) => classOf(token).get("one", "12", state, opts));
    expect({ id, type, state: shown(inputs) }).toEqual({ id: "12", type: token, state });
    expect(secretsOf(inputs).sort()).toEqual(secretsIn(token, properties));
  });

  it.each(resources)("%s is refused without a required input", async (token, resource) => {
    const { inputProperties, requiredInputs = [] } = resource;
    const args = samples(inputProperties);
    for (const name of requiredInputs)
      expect(() => new (classOf(token))("one", { ...args, [name]: undefined }, {})).toThrow(
        `Missing required property '${name}'`,
      );
    const needed = Object.entries(args).filter(([name]) => requiredInputs.includes(name));
    const made = await register((opts) => new (classOf(token))("one", Object.fromEntries(needed), opts));
    expect(Object.keys(made.inputs).sort()).toEqual([...requiredInputs].sort());
  });

  it("names the inputs whose change makes a new resource", () => {
    const expected = resources.map(
      ([token, { inputProperties }]) => [token, flagged(inputProperties, "willReplaceOnChanges")] as const,
    );
    expect(resources.map(([token]) => [token, shapes.get(token)?.replaces])).toEqual(expected);
    expect(expected.flatMap(([, names]) => names)).toHaveLength(19);
  });

  it("configures the provider, with all but strings as JSON and the token encrypted", async () => {
    const args = samples(schema.provider.inputProperties);
    const made = await register((opts) => new gitlab.Provider("one", args, opts));
    expect([made.type, made.options.version]).toEqual(["pulumi:providers:gitlab", schema.version]);
    for (const [name, value] of Object.entries(args))
      expect(shown(made.inputs)[name]).toBe(typeof value === "string" ? value : JSON.stringify(value));
    expect(secretsOf(made.inputs)).toEqual(["token"]);
    expect(made.options.additionalSecretOutputs).toEqual(["token"]);
    expect(gitlab.Provider.isInstance(made.resource)).toBe(true);
  });

  it("says nothing that the package would drop, such as an enumeration or a default", () => {
    requireKnown(schema);
    const role = { type: "array", items: { type: "string", enum: ["read"] } as Property };
    const types = { "gitlab:index/Grant:Grant": { properties: { role } } };
    expect(() => requireKnown({ ...schema, types })).toThrow(
      "gitlab:index/Grant:Grant role items has 'enum', which the generator drops: teach it in expressions.ts",
    );
  });
});
