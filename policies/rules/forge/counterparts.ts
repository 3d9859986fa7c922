import { runnerTags } from "../../../components/gitlab/conventions";
import { platformPathOf } from "../../../components/naming";
import { UNKNOWN } from "../../../protocol/properties";
import { judgeProject, projectNamed, type Served, servedOf, useCaseProjects } from "../../forges";
import { gitlabType } from "../../gitlab";
import type { Stacks } from "../../notShared";
import type { Resource } from "../../resource";
import type { AcrossRule, Finding } from "../../rule";
import { items, read } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, open, passOn } from "../../verdict";

const runnerType = gitlabType("UserRunner");

/** By type the property that says which project something is in. */
const inProjects: Readonly<Record<string, string>> = {
  [gitlabType("ProjectEnvironment")]: "project",
  [gitlabType("ProjectProtectedEnvironment")]: "project",
  [gitlabType("ProjectVariable")]: "project",
  [gitlabType("ProjectAccessToken")]: "project",
  [gitlabType("PipelineSchedule")]: "project",
  [gitlabType("PipelineScheduleVariable")]: "project",
  [runnerType]: "projectId",
};

/** A runner of the group is in no project. */
const ofGroup = ({ inputs }: Resource) => read(inputs, "runnerType") === "group_type";

function* inForge(stacks: Stacks): Iterable<Finding> {
  for (const client of servedOf(stacks))
    for (const [type, path] of Object.entries(inProjects))
      for (const each of client.stack.of(type).filter((resource) => !ofGroup(resource)))
        yield { urn: each.urn, ...judgeProject(client, read(each.inputs, path)) };
}

/** Where jobs of an environment ask for a runner, and by which tag. */
function asked(client: Served) {
  const { environment } = client.environment;
  const jobs = useCaseProjects(client).map(([, path]) => [path, runnerTags.jobs(environment)] as const);
  return [...jobs, [platformPathOf(client.gitlab.group), runnerTags.release(environment)] as const];
}

/** A runner has the tag that jobs of its project ask for here, and no other's. */
function judgeRunner(client: Served, runner: Resource): Judged {
  const { inputs } = runner;
  const [tags, project] = [items(inputs, "tagLists"), read(inputs, "projectId")];
  if (!tags) return open("tagLists is not known yet");
  const path = ofGroup(runner) ? undefined : projectNamed(client, project);
  const known = project !== UNKNOWN || ofGroup(runner);
  const own = asked(client).flatMap(([where, tag]) => (!known || where === path ? [tag] : []));
  const allowed = ofGroup(runner) ? [runnerTags.build] : own;
  const strays = tags.filter((tag) => !allowed.includes(String(tag)));
  if (strays.length > 0)
    return fail(`no job asks it by ${strays.join(", ")}: use ${allowed.join(", ") || "no tag"}`);
  return known ? passOn(() => `its tags are ${tags.join(", ")}`) : open("projectId is not known yet");
}

function takenBy(client: Served, path: string, tag: string): Judged {
  const runners = client.stack
    .of(runnerType)
    .filter(({ inputs }) => items(inputs, "tagLists")?.includes(tag));
  const found = runners.map(({ inputs }): Judged => {
    const project = read(inputs, "projectId");
    if (project === UNKNOWN) return open(`whether ${path} has a runner is not known yet`);
    return projectNamed(client, project) === path
      ? passOn(() => `${tag} in ${path}`)
      : fail("it is another's");
  });
  return anyVerdict(found, `nobody takes the jobs of ${path} that ask for ${tag}`);
}

function* runnersAsked(stacks: Stacks): Iterable<Finding> {
  for (const client of servedOf(stacks)) {
    const { stack, environment } = client;
    for (const runner of stack.of(runnerType)) yield { urn: runner.urn, ...judgeRunner(client, runner) };
    const all = asked(client).map(([path, tag]) => takenBy(client, path, tag));
    const ownTeams = open(
      "ecluse:cluster.runner is off: whether the team's own runners are there, no plan says",
    );
    yield { urn: stack.urn, ...(environment.cluster?.runner ? allVerdicts(all) : ownTeams) };
  }
}

const row = { scope: "across", environments: "all" } as const;

/** Rules on whether what an environment has at the forge has its counterpart there. */
export const forgeCounterpartRules: readonly AcrossRule[] = [
  {
    ...row,
    id: "FRG-03",
    name: "projects-are-there",
    severity: "high",
    description:
      "Every variable, runner, schedule, token and environment is of a project that the forge makes.",
    remediation:
      "List the use case in ecluse:useCases of the forge's stack too, and its number in ecluse:forge.projectIds.",
    check: inForge,
  },
  {
    ...row,
    id: "FRG-04",
    name: "runners-that-jobs-ask-for",
    severity: "critical",
    description:
      "Jobs of each project find a runner of their environment by its tag, and no runner takes another " +
      "environment's jobs.",
    remediation: "Take tags from components/gitlab/conventions.ts, and set ecluse:cluster.runner to true.",
    check: runnersAsked,
  },
];
