import { describe, expect, it } from "vitest";
import { moduleOf, nameOf, type Properties, type Property } from "./generator/schema";
import { declarations, type Member } from "./testdata/declarations";
import { found, functions, resources, schema, suite, typeName, typeOf } from "./testdata/schema";

/** How a type is written; the closing `>` of a map is left out, as `declarations` does. */
function written({ type, $ref, items, additionalProperties: values }: Property): string {
  if ($ref) return typeName(typeOf($ref));
  if (items) return `${written(items)}[]`;
  if (values) return `Record<string,${written(values)}`;
  return type === "integer" ? "number" : String(type);
}

function typed(properties: Properties = {}, required: readonly string[] = []): Record<string, Member> {
  const entries = Object.entries(properties);
  return Object.fromEntries(
    entries.map(([name, each]) => [name, { type: written(each), optional: !required.includes(name) }]),
  );
}

describe.skipIf(!found)(suite("the types of the schema"), () => {
  it.each(resources)("%s has typed arguments, state and outputs", (token, resource) => {
    const { inputProperties, requiredInputs, properties, required } = resource;
    const declared = declarations(moduleOf(token));
    const name = nameOf(token);
    expect(declared.get(`${name}Args`)).toEqual(typed(inputProperties, requiredInputs));
    // The state has the arguments too, all of them optional.
    expect({ ...typed(inputProperties), ...declared.get(`${name}State`) }).toEqual(typed(properties));
    expect(declared.get(name)).toEqual(typed(properties, required));
  });

  it.each(Object.entries(schema.types))("%s is typed, as given and as got", (token, type) => {
    const { properties, required = [], language } = type;
    const [given, got] = ["input", "output"].map((each) =>
      declarations(`types/${each}`).get(typeName(token)),
    );
    expect(got).toEqual(typed(properties, [...required, ...(language?.nodejs?.requiredOutputs ?? [])]));
    expect(given).toEqual(nameOf(token).startsWith("get") ? undefined : typed(properties, required));
  });

  it.each(functions)("%s has typed arguments and results", (token, { inputs, outputs }) => {
    const declared = declarations(moduleOf(token));
    const name = typeName(token);
    const args = inputs && typed(inputs.properties, inputs.required);
    expect([declared.get(`${name}Args`), declared.get(`${name}OutputArgs`)]).toEqual([args, args]);
    expect(declared.get(`${name}Result`)).toEqual(typed(outputs.properties, outputs.required));
  });

  it("the provider has typed arguments", () => {
    expect(declarations("provider").get("ProviderArgs")).toEqual(typed(schema.provider.inputProperties));
  });
});
