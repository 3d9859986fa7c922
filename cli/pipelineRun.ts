import type { Image } from "../local/forge/images";
import type { Journal } from "./journal";
import type { EnvironmentOutputs } from "./outputs";
import type { Progress } from "./progress";

/** One run of a use case from a branch to production: what its steps share. */
export interface PipelineRun {
  readonly useCase: string;
  /** The use case's folder in the checkout. */
  readonly folder: string;
  /** The use case's locked environment, the same as its jobs have. */
  readonly image: Image;
  readonly forgeUrl: string;
  readonly environments: readonly EnvironmentOutputs[];
  /** Changes when an environment was recreated: what was done in the former one must be done again. */
  readonly identity: string;
  readonly journal: Journal;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
