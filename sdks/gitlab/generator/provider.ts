import { members } from "./expressions";
import { outputFields, shapeConstant, without } from "./resource";
import { type Schema, secretNames } from "./schema";

/** The module of the provider. */
export function providerModule(schema: Schema): string {
  const { inputProperties, requiredInputs: required = [] } = schema.provider;
  const secrets = secretNames(schema, "", inputProperties);
  const strings = Object.fromEntries(
    Object.entries(inputProperties).filter(([, property]) => property.type === "string"),
  );
  const json = JSON.stringify(Object.keys(without(inputProperties, strings)));
  return `import { providerInputs, registerProvider, resourceOptions } from "./runtime";

/** How GitLab is reached. */
export interface ProviderArgs {
${members(inputProperties, { required, secrets, scope: "inputs.", inputs: true })}
}

${shapeConstant(schema.provider, secrets)}

/** A connection to one GitLab. */
export class Provider extends pulumi.ProviderResource {
  static readonly __pulumiType = ${JSON.stringify(schema.name)};
${outputFields(strings, [])}

  constructor(name: string, args?: ProviderArgs, opts?: pulumi.ResourceOptions) {
    super(Provider.__pulumiType, name, providerInputs(shape, args, ${json}), resourceOptions(shape, opts));
  }

  /** Whether this is a provider of GitLab, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is Provider {
    return Object(obj).__pulumiType === \`pulumi:providers:\${Provider.__pulumiType}\`;
  }
}

registerProvider(Provider.__pulumiType, shape, (name, urn) => new Provider(name, undefined, { urn }));
`;
}
