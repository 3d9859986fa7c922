import { expect, it } from "vitest";
import { jobFrom } from "./jobs";

const cron = {
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name: "train", namespace: "dev-bank-churn-ci" },
  spec: {
    schedule: "0 0 1 1 *",
    suspend: true,
    jobTemplate: {
      spec: {
        backoffLimit: 0,
        template: {
          metadata: { labels: { "app.kubernetes.io/name": "train" } },
          spec: {
            restartPolicy: "Never",
            containers: [{ name: "train", image: "base", command: ["sh"], env: [{ name: "A", value: "1" }] }],
          },
        },
      },
    },
  },
};

it("makes a Job from a CronJob, with another image, variables and arguments, and nothing else", () => {
  const change = { image: "churn:1", env: { MLFLOW_RUN_ID: "4f" }, args: ["--as-of", "2030-01-01"] };
  const { template, backoffLimit } = cron.spec.jobTemplate.spec;
  const [container] = template.spec.containers;
  expect(jobFrom(cron, "train-1", change)).toEqual({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "train-1", namespace: "dev-bank-churn-ci" },
    spec: {
      backoffLimit,
      template: {
        ...template,
        spec: {
          ...template.spec,
          containers: [
            {
              ...container,
              image: "churn:1",
              args: ["--as-of", "2030-01-01"],
              env: [
                { name: "A", value: "1" },
                { name: "MLFLOW_RUN_ID", value: "4f" },
              ],
            },
          ],
        },
      },
    },
  });
  expect(jobFrom(cron, "train-2", {}).spec).toEqual(cron.spec.jobTemplate.spec);
});
