import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { basinPath, nodeBinary, projectRoot } from "../../local/home";
import { python, pythonPath } from "../../local/provider/supervisor";
import { DataFolder, LocalProvider, Port, ProcessManager, Service, Task } from "./resources";

/** A command of a basin: words after the program, and its environment. */
export interface Process {
  readonly command: readonly pulumi.Input<string>[];
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  readonly secretEnv?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly dependsOn?: pulumi.Resource[];
}

/** What the local resources of one stack share: the provider, the process manager, ports; `name` is `forge` or the environment's. */
export class Basin {
  readonly options: { readonly provider: LocalProvider };
  private readonly manager: pulumi.Resource;

  constructor(
    readonly name: string,
    private readonly ports: Readonly<Record<string, number>>,
  ) {
    this.options = { provider: new LocalProvider("local") };
    this.manager = new ProcessManager("process-manager", { basin: name }, this.options);
  }

  /** A port for the service; `ecluse:ports.<name>` fixes it. */
  port(name: string): pulumi.Output<number> {
    return new Port(`${name}-port`, { basin: this.name, name, wanted: this.ports[name] }, this.options).port;
  }

  /** A private folder for a service's data. */
  folder(name: string): pulumi.Output<string> {
    return new DataFolder(`${name}-folder`, { basin: this.name, name }, this.options).path;
  }

  /** Keeps a process alive; it is made when `ready` answers. */
  service(name: string, ready: pulumi.Input<string>, process: Process, stopSignal?: string): pulumi.Resource {
    return new Service(name, { ...this.inputs(name, process), ready, stopSignal }, this.after(process));
  }

  /** Runs a process to its end, again whenever its inputs or `triggers` change. */
  task(name: string, process: Process, triggers?: pulumi.Input<unknown>): pulumi.Resource {
    return new Task(name, { ...this.inputs(name, process), triggers }, this.after(process));
  }

  private inputs(name: string, { command, env, secretEnv = {} }: Process) {
    return {
      basin: this.name,
      name,
      command: [...command],
      env,
      secretEnv: pulumi.secret(pulumi.output(secretEnv)),
    };
  }

  private after({ dependsOn = [] }: Process) {
    return { ...this.options, dependsOn: [this.manager, ...dependsOn] };
  }
}

/** Command and environment of one of the platform's Python modules. */
export const pythonModule = (module: string, ...words: string[]) => ({
  command: [python, "-m", module, ...words],
  env: { PYTHONPATH: pythonPath },
});

const small = [nodeBinary, "--max-semi-space-size=1"];

/** Command of a Node program of the checkout, with a heap that fits a small server. */
export const nodeProgram = (file: string, ...words: pulumi.Input<string>[]) => [
  ...small,
  join(projectRoot, file),
  ...words,
];

/** Command of a TypeScript program of the checkout. */
export const typescriptProgram = (file: string) => {
  const loader = pathToFileURL(join(projectRoot, "node_modules/tsx/dist/loader.mjs")).href;
  return [...small, "--import", loader, join(projectRoot, file)];
};

/** The file that the scheduler keeps a workload's token in. */
export const tokenFile = (basin: string, useCase: string, workload: string, audience: string) =>
  `${basinPath(basin)}/tokens/${useCase}-${workload}-${audience}`;
