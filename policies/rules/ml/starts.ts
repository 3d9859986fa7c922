import { schedulesOf, scheduleVariables } from "../../../components/gitlab/conventions";
import { UNKNOWN } from "../../../protocol/properties";
import { is } from "../../conditions";
import type { Context } from "../../context";
import { gitlabType } from "../../gitlab";
import { holdsOutput } from "../../identities";
import { referrers } from "../../relations";
import type { Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { read, text } from "../../values";
import { fail, type Judged, open, passOn } from "../../verdict";
import { training } from "../../workloads";

const ofSchedule = holdsOutput("pipelineScheduleId", "pipelineScheduleId");

/** The task that a pipeline's variables name, and the settings know. */
function known(task: string | undefined, context: Context): Judged {
  if (!context.settings) return open("no settings say what runs by itself");
  const tasks = context.environment
    ? [
        ...Object.keys(schedulesOf(context.environment)),
        ...(context.environment.useCases.some(({ rollout }) => rollout) ? ["rollout"] : []),
      ]
    : [];
  return task !== undefined && tasks.includes(task)
    ? passOn(() => `it starts ${task}`)
    : fail(
        `it starts ${task ?? "whatever the pipeline does"}, and the settings name ${tasks.join(", ") || "none"}`,
      );
}

function* schedulesKnown(stack: Stack, context: Context): Iterable<Finding> {
  for (const schedule of stack.of(gitlabType("PipelineSchedule"))) {
    const variables = referrers(stack, gitlabType("PipelineScheduleVariable"), ofSchedule, schedule).filter(
      (each) =>
        ofSchedule(stack, each, schedule).verdict !== "fail" &&
        text(each.inputs, "key") === scheduleVariables.task,
    );
    const tasks = variables.map(({ inputs }) => read(inputs, "value"));
    const judged = tasks.includes(UNKNOWN)
      ? open("its task is not known yet")
      : known(tasks[0]?.toString(), context);
    yield { urn: schedule.urn, ...judged };
  }
}

/** Rules on what starts a training. */
export const trainingStartRules: readonly Rule[] = [
  {
    id: "ML-22",
    name: "trainings-wait-for-the-pipeline",
    scope: "resource",
    severity: "high",
    environments: "all",
    types: ["kubernetes:batch/v1:CronJob"],
    when: (at, context) => training.is(at, context),
    description: "A training starts when a pipeline asks, and by no clock of the cluster's.",
    remediation:
      "Keep spec.suspend true (components/kubernetes/training.ts); ecluse:retrainCron has a pipeline train.",
    check: is("spec.suspend", true),
  },
  {
    id: "GL-26",
    name: "schedules-known",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "No pipeline starts by itself but those that the environment's settings name.",
    remediation:
      "Set ecluse:monitorCron, ecluse:monitorRetrains, ecluse:retrainCron or rollout of a use case, and take other " +
      "schedules out.",
    check: schedulesKnown,
  },
];
