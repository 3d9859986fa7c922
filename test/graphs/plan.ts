import { plan } from "../../cli/plan";
import type { ResourceState } from "../../local/engine/document";
import type { RunOptions } from "../../local/engine/options";
import { isObject, type Properties, reveal, type Value } from "../../protocol/properties";
import { parseUrn } from "../../protocol/urn";
import { onceInRun } from "../inRun";
import { stackFill } from "./fill";

/** A resource of a previewed stack; secrets in `inputs` are marked. */
export interface Planned extends ResourceState {
  readonly name: string;
  readonly inputs: Properties;
}

/** What a stack would make, as the program and the embedded engine plan it without a cloud. */
export interface Graph {
  readonly stack: string;
  readonly resources: readonly Planned[];
  /** How many steps of each kind the stack would take. */
  readonly changes: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Texts made up in the place of generated passwords and keys. */
  readonly secrets: readonly string[];
}

/** Previews a stack without its cloud, against an empty state unless `more` names one. */
export async function preview(stack: string, more: Partial<RunOptions> = {}): Promise<Graph> {
  const { fill, secrets } = stackFill(stack);
  const { steps, changes, diagnostics } = await plan(stack, { fill, ...more });
  const states = steps.flatMap(({ newState }) => newState ?? []);
  return {
    stack,
    changes,
    resources: states.map((state) => ({
      ...state,
      name: parseUrn(state.urn).name,
      inputs: state.inputs ?? {},
    })),
    warnings: diagnostics.filter(({ severity }) => severity !== "info").map(({ message }) => message),
    secrets: secrets(),
  };
}

/** The graph of a shipped stack; previewed once. */
export const graph = (stack: string): Promise<Graph> => onceInRun(`graph ${stack}`, () => preview(stack));

/** The resources of one type: `storage:StorageAccount` of Azure, or a whole type. */
export const ofType = ({ resources }: Graph, type: string): Planned[] =>
  resources.filter((each) => each.type === type || each.type === `azure-native:${type}`);

/** The resources of a cluster, of one kind or of all. */
export const ofKind = ({ resources }: Graph, kind?: string): Planned[] =>
  resources.filter(({ type }) => type.startsWith("kubernetes:") && (!kind || type.endsWith(`:${kind}`)));

/** The value at a path such as `network.publicNetworkAccess` or `containers.0.image`, with secret marks taken off. */
export function at(value: Value | undefined, path: string): Value | undefined {
  return path.split(".").reduce<Value | undefined>(
    (found, key) => {
      if (Array.isArray(found)) return found[Number(key)];
      return isObject(found) ? found[key] : undefined;
    },
    reveal(value ?? null),
  );
}

/** The text at a path of a resource's inputs; empty where there is none. */
export const textAt = ({ inputs }: Planned, path: string) => String(at(inputs, path) ?? "");

/** The objects of a list at a path of a resource's inputs. */
export function listAt({ inputs }: Planned, path: string): Properties[] {
  const list = at(inputs, path);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The resource that an id is of. */
export const withId = ({ resources }: Graph, id: unknown) => resources.find((each) => each.id === id);
