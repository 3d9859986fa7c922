import type { Properties } from "../../protocol/properties";
import type { Analyzer } from "./analyzer";
import type { EngineEvent, Op, Operation } from "./events";
import type { Fill } from "./offline";
import type { StepRecord } from "./recorder";

/** What to run, and on what. */
export interface RunOptions {
  readonly operation: Operation;
  /** The folder of `Pulumi.yaml`. */
  readonly projectDir: string;
  readonly stack: string;
  /** The folder of `<stack>.json`, `<stack>.lock` and caches. */
  readonly backendDir: string;
  /** Needed by all that change the state, and by a preview that meets secrets. */
  readonly passphrase?: string;
  /** Passphrases of other stacks, by name, for stack references to secret outputs. */
  readonly passphrases?: Readonly<Record<string, string>>;
  /** Adds to and overrides the stack's settings. */
  readonly config?: Readonly<Record<string, string>>;
  readonly secretConfig?: Readonly<Record<string, string>>;
  /** Given to the program and the plugins, over a scrubbed environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many operations run at the same time; 16 if not given. */
  readonly parallel?: number;
  /**
   * A preview compares with this deployment document instead of the backend's; secrets that it cannot open count as
   * unchanged.
   */
  readonly stateFile?: string;
  /** Gives a preview values for what only an absent provider knows; without it they are unknown. */
  readonly fill?: Fill;
  /** Judges every step; a mandatory violation stops an `up` before the step, and fails a preview at its end. */
  readonly analyzer?: Analyzer | undefined;
  /** Packs of others are for the Pulumi CLI: naming one is an error. */
  readonly policyPacks?: readonly string[];
  /** Ends the run: what is under way is finished and saved, nothing more begins. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: EngineEvent) => void;
}

/** What a run did. Secrets in outputs and steps are marked (see `properties.ts`), those in config are blanked. */
export interface RunResult {
  readonly changes: Partial<Record<Op, number>>;
  readonly outputs: Properties;
  readonly steps: readonly StepRecord[];
  readonly config: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Extract<EngineEvent, { type: "diagnostic" }>[];
  readonly durationMs: number;
}
