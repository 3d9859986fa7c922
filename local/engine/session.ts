import { resolve } from "node:path";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { EngineError } from "../../protocol/errors";
import { Server } from "../../protocol/server";
import { takeLock } from "../lock";
import { type Config, resolveConfig } from "./config";
import { engineService } from "./engine-service";
import { childEnvironment } from "./environment";
import type { EventSink } from "./events";
import { readExported } from "./exported";
import { Gate } from "./gate";
import { Journal } from "./journal";
import { openCrypters } from "./keys";
import type { RunOptions } from "./options";
import { startPlugin } from "./plugin";
import { type Project, readProject, readStackSettings, type StackSettings } from "./project";
import { Protection } from "./protection";
import { Providers } from "./providers";
import { Recorder } from "./recorder";
import type { RunContext } from "./removal";
import { backUp, openDocument, readDocument, statePath } from "./state";

/** One run under way: everything opened for it, and how to close it. */
export interface Session {
  readonly project: Project;
  readonly config: Config;
  readonly run: RunContext;
  readonly providers: Providers;
  readonly server: Server;
  readonly env: Readonly<Record<string, string>>;
  readonly parallel: number;
  /** Notes that the run has failed; it begins no further step. */
  readonly fail: (error: unknown) => void;
  /** Resolves when the run has failed. */
  readonly failed: Promise<void>;
  /** Throws the first failure, if there was one. */
  readonly rethrow: () => void;
  readonly close: () => Promise<void>;
}

/** Takes the lock, reads project, settings and state, and makes ready; on failure nothing stays open. */
export async function openSession(options: RunOptions, events: EventSink): Promise<Session> {
  refuseOptions(options);
  const projectDir = resolve(options.projectDir);
  const preview = options.operation === "preview";
  const file = statePath(resolve(options.backendDir), options.stack);
  const project = readProject(projectDir);
  const settings = readStackSettings(projectDir, options.stack);
  if (!preview) requirePassphrase(settings);
  const release = preview ? async () => {} : await takeLock(file.replace(/\.json$/, ".lock"));
  try {
    const document = options.stateFile ? undefined : await readDocument(file);
    const crypters = await openCrypters(options, settings, document, file);
    const config = resolveConfig(project, settings, options, crypters.config);
    events.reveal([...config.values].flatMap(([key, value]) => (config.secretKeys.has(key) ? [] : value)));
    events.hide([...config.secretKeys].map((key) => config.values.get(key) ?? ""));
    const exported = options.stateFile
      ? await readExported(resolve(options.stateFile), { ...options, project: project.name }, events)
      : { resources: [], pending: [] };
    const before = document ? openDocument(file, document, crypters.state) : exported;
    if (document && !preview) await backUp(file);
    const kept = preview || !crypters.state ? undefined : { path: file, crypter: crypters.state };
    const journal = new Journal(before, kept);
    return assemble(options, events, { project, config, journal, release });
  } catch (error) {
    await release();
    throw error;
  }
}

interface Opened {
  readonly project: Project;
  readonly config: Config;
  readonly journal: Journal;
  readonly release: () => Promise<void>;
}

function assemble(options: RunOptions, events: EventSink, opened: Opened): Session {
  const { project, config, journal } = opened;
  const env = childEnvironment(resolve(options.backendDir), options.env ?? {});
  const parallel = options.parallel ?? 16;
  const preview = options.operation === "preview";
  const server = new Server();
  server.add(EngineService, engineService(events));
  let failure: { error: unknown } | undefined;
  const { promise: failed, resolve: signalFailure } = Promise.withResolvers<void>();
  const fail = (error: unknown) => {
    failure ??= { error };
    signalFailure();
  };
  const rethrow = () => {
    if (failure) throw failure.error;
  };
  const cancel = () => fail(new EngineError("cancelled: what was under way is finished and saved"));
  options.signal?.addEventListener("abort", cancel);
  if (options.signal?.aborted) cancel();
  const providers = new Providers({
    preview,
    config,
    events,
    plugins: project.plugins,
    ...(options.fill ? { fill: options.fill } : {}),
    resources: () => journal.resources(),
    start: (source) => startPlugin(source, server.address, env, events),
  });
  const recorder = new Recorder(events, parallel);
  const provider = (reference: string) => providers.get(reference);
  const gate = new Gate(options.analyzer, events, preview);
  const protection = new Protection(preview);
  const run: RunContext = {
    ...{ preview, journal, gate, protection, recorder, events, provider },
    ensureRunning: rethrow,
  };
  const close = async () => {
    options.signal?.removeEventListener("abort", cancel);
    await providers.stop();
    server.close();
    await opened.release();
  };
  return { project, config, run, providers, server, env, parallel, fail, failed, rethrow, close };
}

function requirePassphrase({ file, secretsProvider }: StackSettings): void {
  if (secretsProvider === "passphrase") return;
  throw new EngineError(`${file}: secretsprovider "${secretsProvider}" is for the Pulumi CLI; use that`);
}

function refuseOptions(options: RunOptions): void {
  const { policyPacks = [], parallel = 1, operation, passphrase } = options;
  if (policyPacks.length > 0) {
    throw new EngineError(
      `policy pack "${policyPacks[0]}": policy packs of others are run by the Pulumi CLI; the rules in ` +
        "policies/ are judged here too",
    );
  }
  if (!Number.isInteger(parallel) || parallel < 1) {
    throw new EngineError(`parallel must be a whole number of at least 1, got ${parallel}`);
  }
  if (options.stateFile && operation !== "preview") {
    throw new EngineError(`stateFile is for previews only; ${operation} uses the backend's state`);
  }
  if (options.fill && operation !== "preview") {
    throw new EngineError(`fill is for previews only; ${operation} asks the providers`);
  }
  if (operation !== "preview" && !passphrase) {
    throw new EngineError(
      `${operation} needs the passphrase of stack "${options.stack}": its state is encrypted`,
    );
  }
}
