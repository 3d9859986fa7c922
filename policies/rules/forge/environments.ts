import { deploymentTier } from "../../../components/gitlab/conventions";
import { platformPathOf } from "../../../components/naming";
import { UNKNOWN } from "../../../protocol/properties";
import { allOf, is } from "../../conditions";
import { isProject, type Served, servedOf, useCaseProjects } from "../../forges";
import { gitlabType, ofProject } from "../../gitlab";
import type { Stacks } from "../../notShared";
import { physicalNames } from "../../physicalNames";
import { judged } from "../../relations";
import type { Resource } from "../../resource";
import type { AcrossRule, Finding } from "../../rule";
import { read, text } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, open, pass, passOn } from "../../verdict";

const environmentType = gitlabType("ProjectEnvironment");

/** Where GitLab shows people the environment, something of its stack answers. */
function judgeUrl({ stack }: Served, { inputs }: Resource): Judged {
  const url = read(inputs, "externalUrl");
  if (url === undefined) return pass;
  if (url === UNKNOWN) return open("externalUrl is not known yet");
  const host = URL.canParse(String(url)) ? new URL(String(url)).host : "";
  const answers = physicalNames(stack).some(({ name }) => name === host);
  const shown = `externalUrl is ${String(url)}`;
  return answers ? passOn(() => shown) : fail(`${shown}, and nothing of ${stack.name} answers there`);
}

/** Every project of the environment has it. */
function judgeThere(client: Served, path: string): Judged {
  const there = client.stack
    .of(environmentType)
    .map(({ inputs }) => isProject(client, read(inputs, "project"), path));
  return anyVerdict(there, `${path} has no environment ${client.environment.environment}`);
}

/** The monitor marks its issues by the environment. */
function judgeLabel({ forge, environment: { environment } }: Served, path: string): Judged {
  const project = forge.projects.get(path);
  if (!project) return fail(`${path} is no project of ${forge.stack.name}`);
  const labels = forge.stack
    .of(gitlabType("ProjectLabel"))
    .filter(({ inputs }) => text(inputs, "name") === environment);
  const labelled = labels.map((label) => ofProject(forge.stack, label, project));
  return anyVerdict(labelled, `${path} has no label ${environment}`);
}

function* environmentsAsSet(stacks: Stacks): Iterable<Finding> {
  for (const client of servedOf(stacks)) {
    const { stack, context, environment: own, gitlab } = client;
    const asSet = allOf(is("name", own.environment), is("tier", deploymentTier(own.tier)));
    for (const each of stack.of(environmentType))
      yield { urn: each.urn, ...allVerdicts([judged(asSet, each, context), judgeUrl(client, each)]) };
    const useCases = useCaseProjects(client).map(([, path]) => path);
    const there = [platformPathOf(gitlab.group), ...useCases].map((path) => judgeThere(client, path));
    const labelled = useCases.map((path) => judgeLabel(client, path));
    yield { urn: stack.urn, ...allVerdicts([...there, ...labelled]) };
  }
}

const row = { scope: "across", environments: "all" } as const;

/** The rule on whether environments are at the forge what their settings say. */
export const forgeEnvironmentRules: readonly AcrossRule[] = [
  {
    ...row,
    id: "FRG-06",
    name: "environments-as-set",
    severity: "high",
    description:
      "At the forge an environment has the name, the tier and the address of its stack, in each of its " +
      "projects, and a label for its issues.",
    remediation:
      "Run `up` of the forge's stack after a new environment's file is there; " +
      "components/gitlab/projectEnvironment.ts makes the rest.",
    check: environmentsAsSet,
  },
];
