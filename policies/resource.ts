import type { ResourceState } from "../local/engine/document";
import type { Properties } from "../protocol/properties";
import { parseUrn } from "../protocol/urn";

/**
 * One resource as rules see it: what was asked for, with the marks of secrets and of what is not known yet
 * (protocol/properties.ts).
 */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
  /** The id that the provider gave; undefined before it did. */
  readonly id?: string;
  readonly outputs: Properties;
  readonly parent?: string;
  readonly provider?: string;
  /** The line of the program that made it: `components/azure/vault.ts:52`. */
  readonly source?: string;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly dependencies: readonly string[];
  /** By property the URNs that its value came from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** `project:///FILE#LINE,COLUMN` as people write it. */
const sourceOf = (position: string) => position.replace(/^project:\/\/\//, "").replace(/#(\d+),.*$/, ":$1");

/** A resource of a plan or a state. */
export function fromState(state: ResourceState): Resource {
  const { urn, id, inputs = {}, outputs = {}, parent, provider } = state;
  const { type, name } = parseUrn(urn);
  return {
    urn,
    type,
    name,
    inputs,
    outputs,
    ...(id ? { id } : {}),
    ...(parent ? { parent } : {}),
    ...(provider ? { provider } : {}),
    ...(state.sourcePosition ? { source: sourceOf(state.sourcePosition) } : {}),
    protect: state.protect ?? false,
    ignoreChanges: state.ignoreChanges ?? [],
    replaceOnChanges: state.replaceOnChanges ?? [],
    dependencies: state.dependencies ?? [],
    propertyDependencies: state.propertyDependencies ?? {},
  };
}
