import { type Input, jsonStringify } from "@pulumi/pulumi";
import type { IdentityDocument, ServingArgs } from "../contracts";
import type { EnvironmentSettings } from "../settings";
import type { Variables } from "./variables";

/** What a model server goes by on every target. */
export interface ServingProcess {
  readonly environment: string;
  /** Its registered model is the one of this name. */
  readonly useCase: string;
  /** Who may ask for scores, as patterns on principals; people whose group has a role, where it is not given. */
  readonly callers?: readonly string[];
  /** Whether it follows a challenger beside the champion. */
  readonly rollout?: boolean;
  readonly identity: Input<IdentityDocument>;
  /** Address of the tracking server. */
  readonly trackingUrl: Input<string>;
  /** Public half of the key that signs released models, PEM. */
  readonly signingPublicKey: Input<string>;
}

/** What the model server of a use case goes by, of the settings of its environment. */
export const servingProcess = (
  { environment }: EnvironmentSettings,
  { useCase, identity, tracking, signingPublicKey }: ServingArgs,
): ServingProcess => ({
  environment,
  useCase: useCase.name,
  callers: useCase.callers,
  rollout: useCase.rollout !== undefined,
  identity,
  trackingUrl: tracking.url,
  signingPublicKey,
});

/** What a target gives a model server. */
interface ServingPlace {
  readonly host: string;
  readonly port: Input<string>;
  /** URL of the container that it logs predictions to. */
  readonly inferenceUrl: Input<string>;
  /** File with its token for the tracking server. */
  readonly tokenFile: string;
  /** Folder of its own that outlives the process: predictions are there until the store has them. */
  readonly folder: Input<string>;
  /** Callers that may score as of an earlier day; nobody where it is not given. */
  readonly backdaters?: readonly string[];
  /** Folder of its certificate; undefined for plain HTTP. */
  readonly tlsFolder?: string;
  /** Whether whoever reaches its port may read its metrics. */
  readonly metrics?: boolean;
}

/** The environment variables of a model server. */
export const servingVariables = (process: ServingProcess, place: ServingPlace): Variables<"serve"> => ({
  ECLUSE_HOST: place.host,
  ECLUSE_PORT: place.port,
  ...(place.tlsFolder && { ECLUSE_TLS_FOLDER: place.tlsFolder }),
  ECLUSE_ENVIRONMENT: process.environment,
  ECLUSE_USE_CASE: process.useCase,
  ECLUSE_IDENTITY: jsonStringify(process.identity),
  ECLUSE_SERVING_CALLERS: JSON.stringify(process.callers ?? ["person:*"]),
  ...(place.backdaters && { ECLUSE_SERVING_BACKDATERS: JSON.stringify(place.backdaters) }),
  ECLUSE_SIGNING_PUBLIC_KEY: process.signingPublicKey,
  ECLUSE_INFERENCE_URL: place.inferenceUrl,
  ECLUSE_SERVING_FOLDER: place.folder,
  ...(process.rollout && { ECLUSE_SERVING_ROLLOUT: "true" }),
  ...(place.metrics && { ECLUSE_SERVING_METRICS: "true" }),
  MLFLOW_TRACKING_URI: process.trackingUrl,
  MLFLOW_WORKSPACE: process.useCase,
  ECLUSE_TRACKING_TOKEN_FILE: place.tokenFile,
});
