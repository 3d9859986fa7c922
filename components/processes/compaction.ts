import type { Input } from "@pulumi/pulumi";
import type { Variables } from "./variables";

/** When the log of predictions is compacted, five-field cron in UTC: each hour, and before a monitor of the night. */
export const compactionCron = "5 * * * *";

/** The environment variables of what compacts a use case's log of predictions. */
export const compactionVariables = (useCase: string, inferenceUrl: Input<string>): Variables<"compact"> => ({
  ECLUSE_USE_CASE: useCase,
  ECLUSE_INFERENCE_URL: inferenceUrl,
});
