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
  const { run, providers, server, config, parallel, project, env } = session;
  const projectDir = resolve(options.projectDir);
  const lookup = new Lookup(run.journal);
  const steps = new Steps(run, lookup);
  const neighbours = {
    backendDir: resolve(options.backendDir),
    project: project.name,
    passphrases: options.passphrases ?? {},
    events: run.events,
  };
  const context = { run, steps, lookup, providers, config, parallel, neighbours, fail: session.fail };
  const monitor = new Monitor({ ...context, project: project.name, projectDir, stack: options.stack });
  server.add(ResourceMonitorService, monitor.handlers());
  await server.listenPrivately();
  warnOfUnfinished(run);
  const { stack } = options;
  const { preview, events } = run;
  const { address } = server;
  const program = startProgram({
    project,
    projectDir,
    stack,
    config,
    preview,
    parallel,
    address,
    env,
    events,
  });
  providers.warmUp();
  try {
    await Promise.race([programEnd(program, events), session.failed.then(() => monitor.idle())]);
  } catch (error) {
    // A step that failed before is the cause of the program's own failure: the first one counts.
    session.fail(error);
  } finally {
    await monitor.idle();
    await program.stop();
  }
  session.rethrow();
  run.gate.end(run.journal.wanted());
  await settleCreations(run);
  await removeAll(run.journal.remaining(), "the program no longer has it", run);
  await run.journal.finish();
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
