import { flattenReferences, isObject, type Properties, reveal, UNKNOWN } from "../../protocol/properties";
import { parseUrn } from "../../protocol/urn";
import { compare, parsePath } from "./paths";
import type { Made, Provider, Subject } from "./provider";

/** Stands in for clouds that are not asked: values for what a preview would leave unknown. */
export interface Fill {
  /** The id and the outputs of a resource; an empty id, and an output that is left out, stay unknown. */
  resource(type: string, name: string, inputs: Properties): Made;
  /** The answer of a function; undefined stays unknown. */
  invoke(token: string, args: Properties): Properties | undefined;
}

const unknown: Fill = { resource: () => ({ id: "", outputs: {} }), invoke: () => undefined };

/** Plans for a provider that is not there, or whose own settings are not known yet, from inputs alone. */
export function offlineProvider(pkg: string, fill: Fill = unknown): Provider {
  const made = ({ urn, inputs, secretOutputs }: Subject): Made => {
    const { type, name } = parseUrn(urn);
    const { id, outputs } = fill.resource(type, name, plain(inputs));
    return { id, outputs: { ...echo(pkg, inputs, secretOutputs), ...outputs } };
  };
  return {
    check: async (_urn, olds, news) => withDefaults(olds, news),
    diff: async () => ({ changes: undefined, replaces: [], deleteBeforeReplace: false, changed: [] }),
    // It cannot be asked: other settings may mean another account or cluster.
    replacesAll: async ({ olds, news }) => Object.keys(compare(olds, news)).length > 0,
    create: async (subject) => made(subject),
    update: async (old, news) => {
      const { outputs } = made({ ...old, inputs: news });
      return { id: old.id, outputs: { ...outputs, ...unmoved(old, news) } };
    },
    delete: async () => {},
    read: async (subject) => ({ id: subject.id, outputs: {} }),
    invoke: async (token, args) => fill.invoke(token, plain(args)),
  };
}

const plain = (properties: Properties) => flattenReferences(reveal(properties));

/**
 * What a provider gives back in any case. Clouds add to the objects that they are given (the `vaultUri` of a vault's
 * `properties`), so of these only the scalars are known; Kubernetes keeps what it is given.
 */
function echo(pkg: string, inputs: Properties, secretOutputs: readonly string[]): Properties {
  const secrets = secretOutputs.map((key) => [key, UNKNOWN] as const);
  const kept = Object.entries(inputs).filter(
    ([, value]) => pkg === "kubernetes" || typeof reveal(value) !== "object",
  );
  return Object.fromEntries([...secrets, ...kept]);
}

/** The outputs that an update in place leaves as they are: those that no changed input shares its name with. */
function unmoved(old: Subject, news: Properties): Properties {
  const changed = new Set(Object.keys(compare(old.inputs, news)).map((path) => parsePath(path)[0]));
  return Object.fromEntries(Object.entries(old.outputs).filter(([key]) => !changed.has(key)));
}

/**
 * Bridged providers list in `__defaults` the inputs that they have added to the program's; an absent one would add
 * them again.
 */
function withDefaults(olds: Properties, news: Properties): Properties {
  const defaults = olds.__defaults;
  if (!Array.isArray(defaults)) return news;
  const added = defaults.filter((key) => typeof key === "string" && !(key in news)) as string[];
  const nested = Object.entries(news).map(([key, value]) => {
    const old = olds[key];
    return [key, isObject(value) && isObject(old) ? withDefaults(old, value) : value] as const;
  });
  const kept = added.map((key) => [key, olds[key] ?? null] as const);
  return Object.fromEntries([...nested, ...kept, ["__defaults", defaults]]);
}
