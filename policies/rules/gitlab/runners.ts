import {
  allOf,
  atMost,
  filled,
  holds,
  implies,
  inProduction,
  is,
  isNot,
  matchesNot,
  never,
  ofType,
} from "../../conditions";
import { gitlabType } from "../../gitlab";
import type { Condition, ResourceRule, RuleText } from "../../rule";
import { secretKey } from "./variables";

const schedule = gitlabType("PipelineSchedule");
const scheduleVariable = gitlabType("PipelineScheduleVariable");
const where = "components/gitlab/environment.ts";

const branches = {
  id: "GL-19",
  parameters: {
    branches: {
      type: "array",
      items: { type: "string" },
      description: "The protected branches.",
      default: ["main"],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const ofProtectedBranch: Condition = (at, context) => {
  const refs = context.parameter<readonly string[]>(branches, "branches");
  return is("ref", ...refs.map((ref) => `refs/heads/${ref}`))(at, context);
};

/** The longest that a job may run, in seconds: a runner without a limit takes a job that never ends. */
const longest = 24 * 60 * 60;

const row = { scope: "resource" } as const;

/** Rules on what runs jobs, and on what starts them by itself. */
export const gitlabRunnerRules: readonly ResourceRule[] = [
  {
    ...row,
    id: "GL-10",
    name: "runners-tied",
    severity: "high",
    environments: "all",
    types: [gitlabType("UserRunner")],
    description:
      "A runner takes only jobs that ask for it by tag, of its own projects, and ends them in time; " +
      "production's, of one project's protected branches alone.",
    remediation: `Let ${where} register the runner.`,
    deviation:
      "A runner of the whole GitLab is refused in every environment; no job runs for more than a day.",
    check: allOf(
      is("untagged", false),
      filled("tagLists"),
      is("locked", true),
      isNot("runnerType", "instance_type"),
      holds("maximumTimeout", (value) => typeof value === "number", "set"),
      atMost("maximumTimeout", longest),
      implies(inProduction, allOf(is("runnerType", "project_type"), is("accessLevel", "ref_protected"))),
    ),
  },
  {
    ...row,
    ...branches,
    name: "schedules-of-protected-branches",
    severity: "medium",
    environments: "production",
    types: [schedule, scheduleVariable],
    description:
      "What starts by itself is a protected branch's, of an account that does not leave; and it gets no secret.",
    remediation: "Keep ref, takeOwnership and the variables of components/gitlab/projectEnvironment.ts.",
    deviation:
      "That the owner is a service account shows in no plan: it is whoever runs Pulumi (takeOwnership).",
    check: allOf(
      ofType(schedule, allOf(ofProtectedBranch, is("takeOwnership", true))),
      ofType(
        scheduleVariable,
        matchesNot("key", secretKey, "not the name of a secret: a schedule masks nothing"),
      ),
    ),
  },
  {
    ...row,
    id: "GL-20",
    name: "no-trigger-tokens",
    severity: "medium",
    environments: "all",
    types: [gitlabType("PipelineTrigger")],
    description: "No pipeline is started by a token that does not end.",
    remediation:
      "Remove the PipelineTrigger: jobs start another project's pipeline by `trigger`, and others show an id_token.",
    check: never("it is a token that does not end"),
  },
  {
    ...row,
    id: "GL-24",
    name: "no-cluster-agents",
    severity: "high",
    environments: "all",
    types: [gitlabType("ClusterAgentToken")],
    description: "No job reaches a cluster through an agent of GitLab.",
    remediation:
      "Remove the ClusterAgentToken: jobs reach a cluster by the ServiceAccount of their runner's pods.",
    deviation:
      "None at all: which projects an agent lets in stands in a file of its repository, which no plan " +
      "and no state has.",
    check: never("no plan says who may use the agent"),
  },
];
