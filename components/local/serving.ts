import * as pulumi from "@pulumi/pulumi";
import type { ArtifactStore, ModelServer as ModelServerContract, ServingArgs } from "../contracts";
import { audience, demonstrator } from "../naming";
import { type ServingProcess, servingVariables } from "../processes/serving";
import { within } from "../scope";
import { tokenFile } from "./scheduler";
import { type LocalScope, makeFolder, pythonModule, reservePort, runService } from "./scope";

/** What the model server of a use case is made from. */
export interface ModelServerArgs extends ServingProcess, Pick<ServingArgs, "tracking" | "tokens"> {
  readonly scope: LocalScope;
  readonly store: ArtifactStore;
}

/** The model server of one use case. */
export class ModelServer extends pulumi.ComponentResource implements ModelServerContract {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ModelServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:ModelServer", name, {}, opts);
    const scope = within(args.scope, this);
    const { tracking, tokens, useCase } = args;
    const port = reservePort(name, useCase, scope);
    this.url = pulumi.interpolate`http://127.0.0.1:${port}`;
    const folder = makeFolder(name, `serving-${useCase}`, scope);
    const { ECLUSE_INFERENCE_URL, ...env } = environmentOf(port, folder, args);
    const service = {
      process: `serving-${useCase}`,
      ready: pulumi.interpolate`${this.url}/ready`,
      command: program.command,
      env: { ...program.env, ...env },
      // It has a key.
      secretEnv: { ECLUSE_INFERENCE_URL },
      // It answers when it has asked the registry for its champion, and shows its token there.
      dependsOn: [tracking.ready, ...(tokens ? [tokens] : [])],
    };
    runService(name, service, scope);
    this.registerOutputs({ url: this.url });
  }
}

const program = pythonModule("ecluse_serving");

const environmentOf = (port: pulumi.Output<number>, folder: pulumi.Output<string>, args: ModelServerArgs) => {
  const { environment, useCase, store } = args;
  return servingVariables(args, {
    host: "127.0.0.1",
    port: port.apply(String),
    inferenceUrl: store.access(`${useCase}-serve`, "inference", "write"),
    folder,
    tokenFile: tokenFile(environment, useCase, "serve", audience(environment, "tracking")),
    backdaters: [`person:${demonstrator}`],
  });
};
