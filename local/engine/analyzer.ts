import type { ResourceState } from "./document";

/** A policy that a resource does not keep. */
export interface Violation {
  readonly policy: string;
  /** A mandatory one stops the step, an advisory one is a warning. */
  readonly level: "mandatory" | "advisory";
  readonly urn: string;
  readonly message: string;
}

/** Judges what a run is about to do. */
export interface Analyzer {
  /** Before the step of a resource, with its inputs as the provider has checked them. */
  resource(state: ResourceState): readonly Violation[];
  /** When the program has ended, before anything is deleted. */
  stack(states: readonly ResourceState[]): readonly Violation[];
}
