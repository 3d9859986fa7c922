import { EngineError, messageOf } from "../../protocol/errors";
import { BLANKED } from "../../protocol/properties";
import { type EngineEvent, EventSink, type Operation } from "./events";
import { deployStack, destroyStack } from "./operations";
import type { RunOptions, RunResult } from "./options";
import { refreshStack } from "./refresh";
import { openSession, type Session } from "./session";
import { stackOutputs } from "./state";

const operations: Readonly<Record<Operation, (session: Session, options: RunOptions) => Promise<void>>> = {
  up: deployStack,
  preview: deployStack,
  refresh: refreshStack,
  destroy: destroyStack,
};

/**
 * Brings a stack up, previews that, refreshes its state, or destroys it; failures are EngineErrors whose message
 * holds no secret.
 */
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
  if (failure !== undefined) throw reported(failure, events);
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

function reported(failure: unknown, events: EventSink): unknown {
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
