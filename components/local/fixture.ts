import * as pulumi from "@pulumi/pulumi";

/** A resource as a program registered it: `parent` is the name of the component that it belongs to. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent: string | undefined;
  /** Reference of its provider; empty for a default one, which the stacks disable. */
  readonly provider: string;
}

/** The name of the component that programs are given as their parent. */
export const rootName = "root";

class Root extends pulumi.ComponentResource {
  constructor(parents: Map<string, string>) {
    const names = new Map<pulumi.Resource, string>();
    const note: pulumi.ResourceTransformation = ({ resource, type, name, opts: { parent } }) => {
      names.set(resource, name);
      const component = parent instanceof pulumi.ComponentResource ? names.get(parent) : undefined;
      if (component !== undefined) parents.set(`${type} ${name}`, component);
      return undefined;
    };
    super("test:index:Root", rootName, {}, { transformations: [note] });
  }
}

/** What the engine would compute for a resource, by its type. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Runs a program against a mocked engine and gives all that it registered, whoever its parent is. */
export async function register(
  program: (root: pulumi.Resource) => void,
  outputs: Outputs = {},
): Promise<Registered[]> {
  const made: Omit<Registered, "parent">[] = [];
  const parents = new Map<string, string>();
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs, id, provider = "" }) => {
      made.push({ type, name, inputs, provider });
      return { id: id || `${name}-id`, state: { ...inputs, ...outputs[type] } };
    },
    call: () => ({}),
  });
  program(new Root(parents));
  await pulumi.runtime.disconnect();
  return made
    .filter(({ name }) => name !== rootName)
    .map((one) => ({ ...one, parent: parents.get(`${one.type} ${one.name}`) }));
}

/** The resources, by type and name, that no provider of the program's own makes; a component needs none. */
export const withoutProvider = (registered: readonly Registered[]): readonly string[] =>
  registered
    .filter(
      ({ type, provider }) => provider === "" && !/^(ecluse|pulumi:providers|pulumi:pulumi):/.test(type),
    )
    .map(({ type, name }) => `${type} ${name}`);

/** The tree of what was registered: for each component, what belongs to it, as the type's last word and the name. */
export function treeOf(registered: readonly Registered[]): Readonly<Record<string, readonly string[]>> {
  const tree: Record<string, string[]> = {};
  for (const { type, name, parent } of registered) {
    const children = tree[String(parent)] ?? [];
    tree[String(parent)] = [...children, `${type.split(/[:/]/).at(-1)} ${name}`].sort();
  }
  return tree;
}
