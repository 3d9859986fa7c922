import { rolloutCron, schedulesOf, scheduleVariables } from "../../../components/gitlab/conventions";
import { platformPathOf } from "../../../components/naming";
import { allOf, is, isNot } from "../../conditions";
import { isProject, type Served, servedOf, useCaseProjects } from "../../forges";
import { gitlabType } from "../../gitlab";
import { holdsOutput } from "../../identities";
import type { Stacks } from "../../notShared";
import { judged, referrers } from "../../relations";
import type { Resource } from "../../resource";
import type { AcrossRule, Finding } from "../../rule";
import { read } from "../../values";
import { allVerdicts, anyVerdict, type Judged, passOn } from "../../verdict";

const scheduleType = gitlabType("PipelineSchedule");
const ofSchedule = holdsOutput("pipelineScheduleId", "pipelineScheduleId");

/** What runs by itself in each use case's project, and when. */
const tasksOf = ({ environment }: Served) =>
  environment.tier === "production" ? Object.entries(schedulesOf(environment)) : [];

/** A variable of the schedule gives its pipeline this value. */
function setsVariable({ stack, context }: Served, schedule: Resource, key: string, value: string): Judged {
  const found = referrers(stack, gitlabType("PipelineScheduleVariable"), ofSchedule, schedule).map((each) => {
    const matches = judged(allOf(is("key", key), is("value", value)), each, context);
    return allVerdicts([ofSchedule(stack, each, schedule), matches]);
  });
  return anyVerdict(found);
}

/** The use cases whose challengers the platform's project decides on. */
const rolledOut = ({ environment }: Served) =>
  environment.useCases.flatMap(({ name, rollout }) => (rollout ? [name] : []));

function judgeScheduled(client: Served, path: string, task: string, cron: string, useCase?: string): Judged {
  const { environment } = client.environment;
  const found = client.stack
    .of(scheduleType)
    .map((each) =>
      allVerdicts([
        isProject(client, read(each.inputs, "project"), path),
        judged(is("cron", cron), each, client.context),
        setsVariable(client, each, scheduleVariables.task, task),
        setsVariable(client, each, scheduleVariables.environment, environment),
        ...(useCase ? [setsVariable(client, each, scheduleVariables.useCase, useCase)] : []),
      ]),
    );
  const what = `${task} of ${[...(useCase ? [`${useCase} in`] : []), environment].join(" ")} at ${cron}`;
  const scheduled = anyVerdict(found, `${path} has no schedule for ${what}`);
  return scheduled.verdict === "pass" ? passOn(() => `${path} has a schedule for ${what}`) : scheduled;
}

function* schedulesRun(stacks: Stacks): Iterable<Finding> {
  for (const client of servedOf(stacks)) {
    const { stack, context } = client;
    for (const each of stack.of(scheduleType))
      yield { urn: each.urn, ...judged(isNot("active", false), each, context) };
    const all = tasksOf(client).flatMap(([task, cron]) =>
      useCaseProjects(client).map(([, path]) => judgeScheduled(client, path, task, cron)),
    );
    const platform = platformPathOf(client.gitlab.group);
    const rollouts = rolledOut(client).map((name) =>
      judgeScheduled(client, platform, "rollout", rolloutCron, name),
    );
    const judgements = [...all, ...rollouts];
    if (judgements.length > 0) yield { urn: stack.urn, ...allVerdicts(judgements) };
  }
}

/** The rule on whether what runs by itself at the forge does. */
export const forgeScheduleRules: readonly AcrossRule[] = [
  {
    id: "FRG-10",
    name: "schedules-run",
    scope: "across",
    severity: "high",
    environments: "all",
    description:
      "What production's settings say runs by itself has an active schedule in each use case's project, " +
      "and no schedule is switched off; nor does one that decides on challengers lack in the platform's project.",
    remediation:
      "Keep ecluse:monitorCron, ecluse:monitorRetrains and ecluse:retrainCron as they shall run, and run `up`: " +
      "components/gitlab/projectEnvironment.ts makes their schedules.",
    check: schedulesRun,
  },
];
