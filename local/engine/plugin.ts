import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { parse } from "yaml";
import { EngineError } from "../../protocol/errors";
import { CHANNEL_OPTIONS } from "../../protocol/server";
import { Child } from "./child";
import type { EventSink } from "./events";

/** A provider plugin named in `Pulumi.yaml` under `plugins.providers`. */
export interface PluginSource {
  readonly name: string;
  /** The folder with its `PulumiPlugin.yaml`, absolute. */
  readonly path: string;
}

/** A running provider plugin. */
export interface Plugin {
  readonly client: ResourceProviderClient;
  /** Its last words if it has ended. */
  readonly obituary: () => string | undefined;
  readonly stop: () => Promise<void>;
}

/** Starts a Node plugin through the SDK's `run-plugin`, as the CLI does, and connects to the port that it prints. */
export async function startPlugin(
  source: PluginSource,
  engineAddress: string,
  env: Readonly<Record<string, string>>,
  events: EventSink,
): Promise<Plugin> {
  requireNodeRuntime(source);
  const { promise: port, resolve: gotPort } = Promise.withResolvers<string>();
  const onLine = (line: string) => {
    if (/^\d+$/.test(line)) gotPort(line);
    else events.emit({ type: "log", source: source.name, line });
  };
  const runner = sdkCommand("run-plugin", source.path);
  const child = new Child({ args: [runner, ".", engineAddress], cwd: source.path, env, onLine });
  let end: string | undefined;
  const ended = child.ended.then((code) => {
    end = `provider plugin "${source.name}" (${source.path}) ended with ${code}: ${child.lastWords}`;
    throw new EngineError(end);
  });
  ended.catch(() => {});
  const address = `127.0.0.1:${await withinTime(Promise.race([port, ended]), source, child)}`;
  const client = new ResourceProviderClient(address, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
  const stop = async () => {
    client.close();
    await child.stop();
  };
  return { client, stop, obituary: () => end };
}

/** The SDK's own command for a program or plugin: its copy beside that folder, if it has one. */
export function sdkCommand(command: string, folder: string): string {
  const manifest = require.resolve("@pulumi/pulumi/package.json", { paths: [folder, __dirname] });
  return join(dirname(manifest), "cmd", command);
}

function requireNodeRuntime(source: PluginSource): void {
  const manifest = join(source.path, "PulumiPlugin.yaml");
  if (!existsSync(manifest)) {
    throw new EngineError(
      `Pulumi.yaml: plugins.providers "${source.name}": ${manifest} does not exist; correct its path`,
    );
  }
  const runtime = (parse(readFileSync(manifest, "utf8")) as { runtime?: unknown } | null)?.runtime;
  if (runtime !== "nodejs") {
    throw new EngineError(
      `${manifest}: runtime ${JSON.stringify(runtime)} is not supported by the embedded engine; only "nodejs" is`,
    );
  }
}

async function withinTime(port: Promise<string>, source: PluginSource, child: Child): Promise<string> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const message = `provider plugin "${source.name}" (${source.path}) printed no port within 60 s: `;
  const timer = setTimeout(() => reject(new EngineError(message + child.lastWords)), 60_000);
  try {
    return await Promise.race([port, late]);
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
