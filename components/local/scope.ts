import * as pulumi from "@pulumi/pulumi";
import { python, pythonPath } from "../../local/provider/supervisor";
import { DataFolder, LocalProvider, Port, ProcessManager, Service, Task } from "./resources";

/** What the processes of one environment, or of the forge, are made with. */
export interface LocalScope {
  /** Name of the environment, or `forge`. */
  readonly environment: string;
  /** Ports that the settings fix, by service. */
  readonly ports: Readonly<Record<string, number>>;
  /** Keeps the services alive. */
  readonly manager: pulumi.Resource;
  readonly options: { readonly provider: LocalProvider; readonly parent: pulumi.Resource };
}

/** Opens a scope: its provider, and its process manager, whose names begin with `name`. */
export function openScope(
  name: string,
  { environment, ports }: Pick<LocalScope, "environment" | "ports">,
  parent: pulumi.Resource,
): LocalScope {
  const provider = new LocalProvider(`${name}-local`, { parent });
  const options = { provider, parent };
  const manager = new ProcessManager(`${name}-process-manager`, { environment }, options);
  return { environment, ports, manager, options };
}

/** A port for a service; `ecluse:ports.<service>` fixes it. */
export function reservePort(name: string, service: string, scope: LocalScope): pulumi.Output<number> {
  const { environment, ports, options } = scope;
  return new Port(`${name}-port`, { environment, name: service, wanted: ports[service] }, options).port;
}

/** A private folder for a service's data. */
export function makeFolder(name: string, folder: string, scope: LocalScope): pulumi.Output<string> {
  const { environment, options } = scope;
  return new DataFolder(`${name}-folder`, { environment, name: folder }, options).path;
}

/** A command of an environment: words after the program, and its environment variables. */
export interface Process {
  /** Name that the process manager knows it by, and of its log. */
  readonly process: string;
  readonly command: readonly pulumi.Input<string>[];
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  readonly secretEnv?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** A process that is kept alive. */
export interface ServiceProcess extends Process {
  /** Address or file that shows that it is up: then the resource is made. */
  readonly ready: pulumi.Input<string>;
  readonly stopSignal?: string;
}

/** Keeps a process alive. */
export function runService(name: string, service: ServiceProcess, scope: LocalScope): pulumi.CustomResource {
  const { ready, stopSignal } = service;
  return new Service(name, { ...inputs(service, scope), ready, stopSignal }, after(service, scope));
}

/** Runs a process to its end, again whenever its inputs change. */
export const runTask = (name: string, task: Process, scope: LocalScope): pulumi.CustomResource =>
  new Task(name, { ...inputs(task, scope), triggers: undefined }, after(task, scope));

const inputs = ({ process, command, env, secretEnv = {} }: Process, scope: LocalScope) => ({
  environment: scope.environment,
  name: process,
  command: [...command],
  env,
  secretEnv: pulumi.secret(pulumi.output(secretEnv)),
});

const after = ({ dependsOn = [] }: Process, { options, manager }: LocalScope) => ({
  ...options,
  dependsOn: [manager, ...dependsOn],
});

/** Command and environment of one of the platform's Python modules. */
export const pythonModule = (module: string, ...words: string[]) => ({
  command: [python, "-m", module, ...words],
  env: { PYTHONPATH: pythonPath },
});
