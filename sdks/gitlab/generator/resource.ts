import { members } from "./expressions";
import { nameOf, type Properties, type Resource, type Schema, secretNames } from "./schema";

/** The module of a resource: its arguments, its state and its class. */
export function resourceModule(schema: Schema, token: string, resource: Resource): string {
  const name = nameOf(token);
  const { inputProperties, requiredInputs: required = [] } = resource;
  const secrets = secretNames(schema, token, resource.properties);
  const computed = without(resource.properties, inputProperties);
  const args = `args${required.length > 0 ? "" : "?"}: ${name}Args`;
  return `import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ${name}. */
export interface ${name}Args {
${members(inputProperties, { required, secrets, scope: "inputs.", inputs: true })}
}

/** What may be known of a ${name} that exists. */
export interface ${name}State extends Partial<${name}Args> {
${members(computed, { required: [], secrets, scope: "inputs.", inputs: true })}
}

${shapeConstant(resource, secrets)}

/** The resource ${name} of GitLab. */
export class ${name} extends pulumi.CustomResource {
  static readonly __pulumiType = ${JSON.stringify(token)};
${outputFields(resource.properties, resource.required ?? [])}

  constructor(name: string, ${args}, opts?: pulumi.CustomResourceOptions) {
    super(${name}.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A ${name} that exists already, found by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, state?: ${name}State, opts?: pulumi.CustomResourceOptions) {
    return new ${name}(name, state as ${name}Args, { ...opts, id });
  }

  /** Whether this is a ${name}, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ${name} {
    return Object(obj).__pulumiType === ${name}.__pulumiType;
  }
}

registerResource(${name}.__pulumiType, shape, (name, urn) => new ${name}(name, {} as ${name}Args, { urn }));
`;
}

/** The properties that are in one group and not in the other. */
export function without(properties: Properties, others: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in others)));
}

/** The constant that the runtime reads a resource's properties from. */
export function shapeConstant(resource: Resource, secrets: readonly string[]): string {
  const { properties, inputProperties, requiredInputs = [] } = resource;
  const shape = {
    inputs: Object.keys(inputProperties),
    required: requiredInputs,
    computed: Object.keys(without(properties, inputProperties)),
    secrets,
    replaces: Object.keys(inputProperties).filter((name) => inputProperties[name]?.willReplaceOnChanges),
  };
  return `const shape = ${JSON.stringify(shape)};`;
}

/** The outputs of a class. */
export function outputFields(properties: Properties, required: readonly string[]): string {
  return members(properties, { required, scope: "outputs.", fields: true });
}
