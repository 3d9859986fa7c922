import type { Input } from "@pulumi/pulumi";
import type { MonitorArgs } from "../contracts";
import type { EnvironmentSettings } from "../settings";
import type { Variables } from "./variables";

/** What a drift monitor goes by on every target. */
export interface MonitorProcess {
  readonly environment: string;
  readonly useCase: string;
  /** Address of the tracking server. */
  readonly trackingUrl: Input<string>;
  /** Day on which its model must be validated again, YYYY-MM-DD; undefined where the stack does not say it. */
  readonly reviewBy?: string | undefined;
  /** Where its alerts go beside the forge. */
  readonly alerts: EnvironmentSettings["alerts"];
  /** The project that gets its issues, at a GitLab or the local forge; undefined: it writes reports alone. */
  readonly issues?: {
    /** Base URL of the forge. */
    readonly url: Input<string>;
    readonly projectId: Input<string>;
  };
}

/** What a use case's monitor goes by, of the settings of its environment; the target knows the project for issues. */
export const monitorProcess = (
  { environment, alerts }: EnvironmentSettings,
  { useCase, tracking }: MonitorArgs,
): Omit<MonitorProcess, "issues"> => ({
  environment,
  useCase: useCase.name,
  trackingUrl: tracking.url,
  reviewBy: useCase.accountability?.reviewBy,
  alerts,
});

/** What a target gives a drift monitor. */
interface MonitorPlace {
  /** URL of the container with the predictions. */
  readonly inferenceUrl: Input<string>;
  /** URL of the container for its reports. */
  readonly reportsUrl: Input<string>;
  /** File with its token for the tracking server. */
  readonly tokenFile: string;
  /** File with its token for the forge. */
  readonly issuesTokenFile: string;
  /** File with its token to start pipelines; undefined: it starts none. */
  readonly triggerTokenFile?: string;
  /** Whether pipelines of the project ask what it wants, in the place of such a token. */
  readonly asksRetraining?: boolean;
}

/** The environment variables of a drift monitor. */
export const monitorVariables = (process: MonitorProcess, place: MonitorPlace): Variables<"monitor"> => ({
  ECLUSE_ENVIRONMENT: process.environment,
  ECLUSE_USE_CASE: process.useCase,
  MLFLOW_TRACKING_URI: process.trackingUrl,
  MLFLOW_WORKSPACE: process.useCase,
  ECLUSE_INFERENCE_URL: place.inferenceUrl,
  ECLUSE_REPORTS_URL: place.reportsUrl,
  ...(process.reviewBy && { ECLUSE_REVIEW_BY: process.reviewBy }),
  ...(process.issues && {
    ECLUSE_FORGE_URL: process.issues.url,
    ECLUSE_PROJECT_ID: process.issues.projectId,
    ECLUSE_FORGE_TOKEN_FILE: place.issuesTokenFile,
    ...(place.triggerTokenFile && { ECLUSE_TRIGGER_TOKEN_FILE: place.triggerTokenFile }),
    ...(place.asksRetraining && { ECLUSE_ASKS_RETRAINING: "true" }),
  }),
  ...alertVariables(process.alerts),
  ECLUSE_TRACKING_TOKEN_FILE: place.tokenFile,
});

function alertVariables(alerts: MonitorProcess["alerts"]): Partial<Variables<"monitor">> {
  const { webhook, mail, alertmanager } = alerts;
  const { url, networks } = webhook ?? {};
  const { token: __, ...manager } = alertmanager ?? {};
  const { password: _, ...server } = mail ?? {};
  return {
    ...(webhook && { ECLUSE_WEBHOOK: JSON.stringify({ url, networks }) }),
    ...(mail && { ECLUSE_MAIL: JSON.stringify(server) }),
    ...(alertmanager && { ECLUSE_ALERTMANAGER: JSON.stringify(manager) }),
  };
}

/** The secrets of the places that alerts go to, by the variable that each becomes. */
export const alertSecrets = ({ webhook, mail, alertmanager }: MonitorProcess["alerts"]) =>
  Object.entries({
    ECLUSE_WEBHOOK_SECRET: webhook?.secret,
    ECLUSE_MAIL_PASSWORD: mail?.password,
    ECLUSE_ALERTMANAGER_TOKEN: alertmanager?.token,
  }).flatMap(([variable, reference]) => (reference ? [{ variable, reference }] : []));
