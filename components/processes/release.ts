import type { Accountability, ContractSettings, Gates, Rollout } from "../settings";
import type { Variables } from "./variables";

/** What releases of an environment go by, on a cluster and at the local forge. */
export interface Releasing<Value> {
  readonly environment: string;
  /** Decides what too little data does to a release, where the gates do not say it. */
  readonly tier: string;
  readonly trackingUrl: Value;
  /** How many replicas a model server may have: a release waits until every one serves it. */
  readonly servingReplicas: number;
}

/** What a release of one use case goes by. */
export interface ReleaseProcess<Value> {
  /** Path of its project at the forge. */
  readonly project: string;
  readonly gates: Gates;
  readonly contract: ContractSettings;
  /** How challengers are rolled out; undefined: a release makes them champion at once. */
  readonly rollout?: Rollout | undefined;
  /** Who answers for the model; undefined where the stack does not say it. */
  readonly accountability?: Accountability | undefined;
  /** URL of the data that trainings read. */
  readonly dataUrl: Value;
  /** URL of the data that models are judged by, which no training reads. */
  readonly holdoutUrl: Value;
  /** Address of the model server. */
  readonly servingUrl: Value;
}

/** A release as a pipeline of the local forge runs it. */
export interface Release extends Releasing<string>, ReleaseProcess<string> {
  readonly useCase: string;
  readonly commit: string;
  readonly pipelineId: string;
  /** Private key that signs models, PEM. */
  readonly signingKey: string;
  readonly tokens: { readonly tracking: string; readonly serving: string };
}

const withUnderscores = (document: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(document).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );

/** In the first tiers nobody depends on a model yet, and there is little data; any other refuses. */
const undecidedIn = (tier: string) => (["development", "integration"].includes(tier) ? "pass" : "refuse");

/** Gates as the release of a tier reads them (`ECLUSE_GATES`): by the same names, with underscores. */
export const gatesDocument = ({ segments, undecided, ...gates }: Gates, tier: string) => ({
  ...withUnderscores(gates),
  undecided: undecided ?? undecidedIn(tier),
  segments: segments.map(withUnderscores),
});

/** How challengers are rolled out, as the release reads it (`ECLUSE_ROLLOUT`). */
export const rolloutDocument = (rollout: Rollout) => withUnderscores(rollout);

/** Who answers for a model, as the release signs it (`ECLUSE_ACCOUNTABILITY`): by the same names, with underscores. */
export const accountabilityDocument = (of: Accountability | undefined) => of && withUnderscores(of);

/** The environment variables that every release has. */
export const common = <Value>({
  environment,
  trackingUrl,
  servingReplicas,
}: Omit<Releasing<Value>, "tier">) => ({
  ECLUSE_ENVIRONMENT: environment,
  ECLUSE_SERVING_REPLICAS: String(servingReplicas),
  MLFLOW_TRACKING_URI: trackingUrl,
});

/** The environment variables of one release (`ecluse_release`). */
export const releaseVariables = (release: Release): Variables<"release", string> => ({
  ...common(release),
  ECLUSE_USE_CASE: release.useCase,
  ECLUSE_PROJECT: release.project,
  ECLUSE_COMMIT: release.commit,
  ECLUSE_PIPELINE_ID: release.pipelineId,
  ECLUSE_GATES: JSON.stringify(gatesDocument(release.gates, release.tier)),
  ECLUSE_CONTRACT: JSON.stringify(release.contract),
  ...(release.rollout && { ECLUSE_ROLLOUT: JSON.stringify(rolloutDocument(release.rollout)) }),
  ...(release.accountability && {
    ECLUSE_ACCOUNTABILITY: JSON.stringify(accountabilityDocument(release.accountability)),
  }),
  ECLUSE_DATA_URL: release.dataUrl,
  ECLUSE_HOLDOUT_URL: release.holdoutUrl,
  ECLUSE_SIGNING_KEY: release.signingKey,
  ECLUSE_SERVING_URL: release.servingUrl,
  ECLUSE_SERVING_TOKEN: release.tokens.serving,
  MLFLOW_TRACKING_TOKEN: release.tokens.tracking,
  MLFLOW_WORKSPACE: release.useCase,
});

/** A repair of a use case's champion on this machine. */
export interface Repair extends Pick<Release, "environment" | "useCase" | "signingKey" | "trackingUrl"> {
  /** The release's, for the tracking server. */
  readonly token: string;
}

/** The environment variables of a repair (`ecluse_release.repair`): some of a release's. */
export const repairVariables = (repair: Repair): Partial<Variables<"release", string>> => ({
  ECLUSE_ENVIRONMENT: repair.environment,
  ECLUSE_USE_CASE: repair.useCase,
  ECLUSE_SIGNING_KEY: repair.signingKey,
  MLFLOW_TRACKING_URI: repair.trackingUrl,
  MLFLOW_TRACKING_TOKEN: repair.token,
  MLFLOW_WORKSPACE: repair.useCase,
});

/** A change of a use case's champion by hand, on this machine. */
export interface Promotion
  extends Pick<
    Release,
    "environment" | "useCase" | "signingKey" | "trackingUrl" | "servingUrl" | "tokens" | "rollout"
  > {
  readonly servingReplicas: number;
}

/** The environment variables of such a change (`ecluse_release.promotion`, `.rollout`): some of a release's. */
export const promotionVariables = (promotion: Promotion): Partial<Variables<"release", string>> => ({
  ...common(promotion),
  ECLUSE_USE_CASE: promotion.useCase,
  ...(promotion.rollout && { ECLUSE_ROLLOUT: JSON.stringify(rolloutDocument(promotion.rollout)) }),
  ECLUSE_SIGNING_KEY: promotion.signingKey,
  ECLUSE_SERVING_URL: promotion.servingUrl,
  ECLUSE_SERVING_TOKEN: promotion.tokens.serving,
  MLFLOW_TRACKING_TOKEN: promotion.tokens.tracking,
  MLFLOW_WORKSPACE: promotion.useCase,
});

/** A report on the versions of a use case (`ecluse_release.inventory`), which changes nothing. */
export interface Reading extends Pick<Release, "environment" | "useCase" | "trackingUrl"> {
  /** Public key of the environment's releases, PEM. */
  readonly signingPublicKey: string;
  /** Of whoever may read the registry. */
  readonly token: string;
}

/** The environment variables of such a report. */
export const readingVariables = (
  reading: Reading,
): Partial<Variables<"release", string> & Variables<"serve", string>> => ({
  ECLUSE_ENVIRONMENT: reading.environment,
  ECLUSE_USE_CASE: reading.useCase,
  ECLUSE_SIGNING_PUBLIC_KEY: reading.signingPublicKey,
  MLFLOW_TRACKING_URI: reading.trackingUrl,
  MLFLOW_TRACKING_TOKEN: reading.token,
  MLFLOW_WORKSPACE: reading.useCase,
});
