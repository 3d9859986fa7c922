import type { ResourceState } from "../local/engine/document";
import { type Properties, UNKNOWN } from "../protocol/properties";
import { makeUrn } from "../protocol/urn";
import type { Context } from "./context";
import type { Parameter } from "./parameter";
import { fromState, type Resource } from "./resource";

/** A resource in a few words, for the tests of rules. */
export interface Sketch extends Partial<Omit<ResourceState, "urn" | "custom">> {
  readonly type: string;
  readonly name?: string;
}

/** What a rule on single resources passes and refuses. Inputs of its first type, or whole sketches. */
export interface ResourceCase {
  /** `never`: the rule refuses all that it is about. */
  readonly pass: Properties | Sketch | "never";
  readonly fail: readonly (Properties | Sketch)[];
  readonly notApplicable?: readonly (Properties | Sketch)[];
  /** Parameters that a team has set, for a rule that does not apply by default. */
  readonly parameters?: Readonly<Record<string, Parameter["default"]>>;
  /**
   * Inputs that a preview does not know; without them every input of `pass` becomes unknown. `never`: the rule looks
   * at no input.
   */
  readonly open?: Properties | Sketch | "never";
  /** What is known of the stack, where it is not the shipped production. */
  readonly context?: Context;
}

/** The resources of a small stack that a rule passes, and of some that it refuses. */
export interface StackCase {
  readonly pass: readonly Sketch[];
  readonly fail: readonly (readonly Sketch[])[];
  /** Resources of which a preview does not know enough; `never`: the rule looks at nothing that could be unknown. */
  readonly open: readonly Sketch[] | "never";
  /** More of them, each by itself. */
  readonly alsoOpen?: readonly (readonly Sketch[])[];
  readonly notApplicable?: readonly Sketch[];
  /** As of {@link ResourceCase}. */
  readonly context?: Context;
}

/** Two stacks and more, for rules that compare them; the name is the stack's. */
export interface AcrossCase {
  /** What is known of a stack beside its file in the checkout, by its name. */
  readonly contexts?: Readonly<Record<string, Partial<Context>>>;
  readonly pass: Readonly<Record<string, readonly Sketch[]>>;
  readonly fail: readonly Readonly<Record<string, readonly Sketch[]>>[];
  readonly open: Readonly<Record<string, readonly Sketch[]>> | "never";
  /** More of them, each by itself. */
  readonly alsoOpen?: readonly Readonly<Record<string, readonly Sketch[]>>[];
}

/** The cases of a family, by the rule's id. */
export type Cases = Readonly<Record<string, ResourceCase | StackCase | AcrossCase>>;

/** The URN of a sketch: `urnOf("kubernetes:core/v1:Namespace", "a")`. */
export const urnOf = (type: string, name = "it", stack = "prod") => makeUrn(stack, "ecluse", type, name);

/** The resource that a sketch stands for. */
export function drawn({ type, name = "it", ...rest }: Sketch, stack = "prod"): Resource {
  return fromState({ urn: urnOf(type, name, stack), custom: true, ...rest, type });
}

/** A time so many days from now, ISO 8601. */
export const inDays = (days: number) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString();

/** The inputs with every value unknown. */
export const unknown = (inputs: Properties): Properties =>
  Object.fromEntries(Object.keys(inputs).map((key) => [key, UNKNOWN]));
