import type { Input } from "@pulumi/pulumi";
import type { Governance } from "../settings";
import type { Variables } from "./variables";

type Classification = Governance["dataClassification"];

/**
 * Days for which predictions are kept: at least six months, as high-risk systems must, and no longer than their inputs
 * deserve. On every target what compacts the log deletes older ones; on Azure the store does so too.
 */
export const logDays: Readonly<Record<Classification, number>> = {
  public: 1095,
  internal: 730,
  confidential: 365,
  restricted: 200,
};

/** When the log of predictions is compacted, five-field cron in UTC: each hour, and before a monitor of the night. */
export const compactionCron = "5 * * * *";

/** The environment variables of what compacts a use case's log of predictions. */
export const compactionVariables = (
  useCase: string,
  classification: Classification,
  inferenceUrl: Input<string>,
): Variables<"compact"> => ({
  ECLUSE_USE_CASE: useCase,
  ECLUSE_INFERENCE_URL: inferenceUrl,
  ECLUSE_LOG_DAYS: String(logDays[classification]),
});
