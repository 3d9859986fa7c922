import { resolve } from "node:path";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { Lookup } from "./lookup";
import { Monitor } from "./monitor";
import type { RunOptions } from "./options";
import { programEnd, startProgram } from "./program";
import { settleCreations, warnOfUnfinished } from "./recovery";
import { removeAll } from "./removal";
import type { Session } from "./session";
import { Steps } from "./steps";

/** Runs the program, brings every resource to what it wants, then removes what it no longer names. */
export async function deployStack(session: Session, options: RunOptions): Promise<void> {
  const { run, server } = session;
  const monitor = monitorOf(session, options);
  server.add(ResourceMonitorService, monitor.handlers());
  await server.listenPrivately();
  warnOfUnfinished(run);
  await runProgram(session, options, monitor);
  session.rethrow();
  run.gate.end(run.journal.wanted());
  await settleCreations(run);
  await removeAll(run.journal.remaining(), "the program no longer has it", run);
  run.protection.end();
  await run.journal.finish();
}

function monitorOf(
  { run, providers, config, parallel, project, fail }: Session,
  options: RunOptions,
): Monitor {
  const lookup = new Lookup(run.journal);
  const neighbours = {
    backendDir: resolve(options.backendDir),
    project: project.name,
    passphrases: options.passphrases ?? {},
    events: run.events,
  };
  return new Monitor({
    ...{ run, lookup, providers, config, parallel, neighbours, fail },
    steps: new Steps(run, lookup),
    project: project.name,
    projectDir: resolve(options.projectDir),
    stack: options.stack,
  });
}

/** Starts the program, and waits until it has ended and nothing that it asked for is under way. */
async function runProgram(
  session: Session,
  { stack, projectDir }: RunOptions,
  monitor: Monitor,
): Promise<void> {
  const { config, env, failed, parallel, project, providers, run, server } = session;
  const { preview, events } = run;
  const program = startProgram({
    ...{ project, stack, config, preview, parallel, env, events },
    projectDir: resolve(projectDir),
    address: server.address,
  });
  providers.warmUp();
  try {
    await Promise.race([programEnd(program, events), failed.then(() => monitor.idle())]);
  } catch (error) {
    // A step that failed before is the cause of the program's own failure: the first one counts.
    session.fail(error);
  } finally {
    await monitor.idle();
    await program.stop();
  }
}

/** Makes a session ready for an operation that does not run the program. */
export async function readyWithoutProgram({ run, server, providers }: Session): Promise<void> {
  await server.listenPrivately();
  warnOfUnfinished(run);
  providers.warmUp();
  await settleCreations(run);
}

/** Deletes every resource of the stack; the program is not run. */
export async function destroyStack(session: Session): Promise<void> {
  const { run } = session;
  await readyWithoutProgram(session);
  await removeAll(run.journal.remaining(), "the stack is being destroyed", run);
  await run.journal.finish();
}
