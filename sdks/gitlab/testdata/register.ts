import * as pulumi from "@pulumi/pulumi";

/** A resource as the SDK registered it: its inputs with secrets marked, and the options that a transformation sees. */
export interface Registered<Resource> {
  readonly type: string;
  readonly id: string | undefined;
  readonly inputs: pulumi.Inputs;
  readonly options: pulumi.CustomResourceOptions;
  readonly resource: Resource;
}

type Make<Resource> = (opts: pulumi.CustomResourceOptions) => Resource;

/** Makes one resource against a mocked engine and gives what was registered. */
export async function register<Resource>(make: Make<Resource>): Promise<Registered<Resource>> {
  let seen: Omit<Registered<Resource>, "options" | "resource"> | undefined;
  let options: pulumi.CustomResourceOptions = {};
  await pulumi.runtime.setMocks({
    newResource: ({ type, id, inputs }) => {
      seen = { type, id, inputs };
      return { id: id || "made", state: inputs };
    },
    call: ({ inputs }) => inputs,
  });
  const note: pulumi.ResourceTransformation = ({ opts }) => {
    options = opts;
    return undefined;
  };
  const resource = make({ transformations: [note] });
  await pulumi.runtime.disconnect();
  if (!seen) throw new Error("nothing was registered");
  return { ...seen, options, resource };
}

/** The values of registered inputs, secrets shown. */
export const shown = (inputs: pulumi.Inputs) =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, pulumi.runtime.unwrapRpcSecret(value)]),
  );

/** The names of registered inputs that are secret. */
export const secretsOf = (inputs: pulumi.Inputs) =>
  Object.keys(inputs).filter((name) => pulumi.runtime.isRpcSecret(inputs[name]));
