import * as pulumi from "@pulumi/pulumi";
import type { ArtifactStore, ModelServer as ModelServerContract, ServingArgs } from "../contracts";
import { audience } from "../naming";
import { within } from "../scope";
import { tokenFile } from "./scheduler";
import { type LocalScope, pythonModule, reservePort, runService } from "./scope";

/** What the model server of a use case is made from. */
export interface ModelServerArgs extends Omit<ServingArgs, "parent"> {
  readonly scope: LocalScope;
  readonly store: ArtifactStore;
}

/** The model server of one use case. */
export class ModelServer extends pulumi.ComponentResource implements ModelServerContract {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ModelServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:ModelServer", name, {}, opts);
    const scope = within(args.scope, this);
    const { tracking, tokens, store } = args;
    const useCase = args.useCase.name;
    const port = reservePort(name, useCase, scope);
    this.url = pulumi.interpolate`http://127.0.0.1:${port}`;
    const service = {
      process: `serving-${useCase}`,
      ready: pulumi.interpolate`${this.url}/ready`,
      command: program.command,
      env: environmentOf(scope.environment, port, args),
      secretEnv: { ECLUSE_INFERENCE_URL: store.access(`${useCase}-serve`, "inference", "write") },
      // It answers when it has asked the registry for its champion, and shows its token there.
      dependsOn: [tracking.ready, ...(tokens ? [tokens] : [])],
    };
    runService(name, service, scope);
    this.registerOutputs({ url: this.url });
  }
}

const program = pythonModule("ecluse_serving");

/** Who may ask for scores: people whose group has a role in the environment. */
const callers = ["person:*"];

const environmentOf = (environment: string, port: pulumi.Output<number>, args: ModelServerArgs) => ({
  ...program.env,
  ECLUSE_HOST: "127.0.0.1",
  ECLUSE_PORT: port.apply(String),
  ECLUSE_ENVIRONMENT: environment,
  ECLUSE_USE_CASE: args.useCase.name,
  ECLUSE_IDENTITY: pulumi.jsonStringify(args.identity),
  ECLUSE_SERVING_CALLERS: JSON.stringify(callers),
  ECLUSE_SIGNING_PUBLIC_KEY: args.signingPublicKey,
  ECLUSE_TRACKING_TOKEN_FILE: tokenFile(
    environment,
    args.useCase.name,
    "serve",
    audience(environment, "tracking"),
  ),
  MLFLOW_TRACKING_URI: args.tracking.url,
  MLFLOW_WORKSPACE: args.useCase.name,
});
