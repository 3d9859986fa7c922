import type { Analyzer } from "./analyzer";
import { EngineError, messageOf } from "./errors";
import { type EngineEvent, EventSink, type Op, type Operation } from "./events";
import type { Fill } from "./offline";
import { deployStack, destroyStack } from "./operations";
import { BLANKED, type Properties } from "./properties";
import type { StepRecord } from "./recorder";
import { refreshStack } from "./refresh";
import { openSession, type Session } from "./session";
import { stackOutputs } from "./state";

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
  /** A preview compares with this deployment document instead of the backend's; secrets that it cannot open count as unchanged. */
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

const operations: Readonly<Record<Operation, (session: Session, options: RunOptions) => Promise<void>>> = {
  up: deployStack,
  preview: deployStack,
  refresh: refreshStack,
  destroy: destroyStack,
};

/** Brings a stack up, previews that, refreshes its state, or destroys it; failures are EngineErrors whose message holds no secret. */
export async function run(options: RunOptions): Promise<RunResult> {
  const diagnostics: Extract<EngineEvent, { type: "diagnostic" }>[] = [];
  const events = new EventSink((event) => {
    if (event.type === "diagnostic") diagnostics.push(event);
    options.onEvent?.(event);
  });
  const began = performance.now();
  let session: Session | undefined;
  let failure: unknown;
  try {
    session = await openSession(options, events);
    const { project } = session;
    events.emit({ type: "start", operation: options.operation, project: project.name, stack: options.stack });
    await operations[options.operation](session, options);
  } catch (error) {
    failure = error;
  }
  await session?.close().catch((error: unknown) => {
    failure ??= error;
  });
  for (const message of events.takeHeld()) events.diagnose("error", message);
  const durationMs = performance.now() - began;
  const changes = session?.run.recorder.counts() ?? {};
  if (session) {
    events.emit({ type: "summary", changes, seconds: durationMs / 1000, succeeded: failure === undefined });
  }
  if (failure !== undefined) throw told(failure, events);
  if (!session) throw new EngineError("the run has not begun");
  const outputs = stackOutputs(session.run.journal.resources());
  return {
    changes,
    outputs,
    steps: session.run.recorder.steps,
    config: shown(session),
    diagnostics,
    durationMs,
  };
}

function told(failure: unknown, events: EventSink): unknown {
  // What is not made for the user is a defect of the engine: its stack trace is wanted.
  if (failure instanceof TypeError || failure instanceof RangeError) return failure;
  return new EngineError(events.clean(messageOf(failure)));
}

function shown({ config }: Session): Record<string, string> {
  const entries = [...config.values].map(([key, value]) => [
    key,
    config.secretKeys.has(key) ? BLANKED : value,
  ]);
  return Object.fromEntries(entries);
}
