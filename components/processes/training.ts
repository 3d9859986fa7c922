import type { Input } from "@pulumi/pulumi";

/** What trains a use case, in a job of its project or in a pod. */
export interface TrainingProcess<Url extends Input<string>> {
  readonly environment: string;
  readonly useCase: string;
  /** Address of the tracking server. */
  readonly trackingUrl: Input<string>;
  /** URL of the training data. */
  readonly dataUrl: Url;
}

/** What lands the rows of a use case, in a pod. */
interface LandingProcess {
  readonly environment: string;
  readonly useCase: string;
  readonly dataUrl: Input<string>;
  /** URL of what is held out of training. */
  readonly holdoutUrl: Input<string>;
}

/** The environment variables of what lands rows: `python -m ecluse land` reads them. */
export const landingVariables = ({ environment, useCase, dataUrl, holdoutUrl }: LandingProcess) => ({
  ECLUSE_ENVIRONMENT: environment,
  ECLUSE_USE_CASE: useCase,
  ECLUSE_DATA_URL: dataUrl,
  ECLUSE_HOLDOUT_URL: holdoutUrl,
});

/** The environment variables of a use case's jobs and of its full training: `python -m ecluse` reads them. */
export const trainingVariables = <Url extends Input<string>>({
  environment,
  useCase,
  trackingUrl,
  dataUrl,
}: TrainingProcess<Url>) => ({
  ECLUSE_ENVIRONMENT: environment,
  ECLUSE_USE_CASE: useCase,
  ECLUSE_DATA_URL: dataUrl,
  MLFLOW_TRACKING_URI: trackingUrl,
  MLFLOW_WORKSPACE: useCase,
});
