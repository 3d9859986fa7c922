import { platformPathOf } from "../../../components/naming";
import { UNKNOWN } from "../../../protocol/properties";
import { type Forge, projectNamed, type Served, servedOf } from "../../forges";
import { covers, gitlabType } from "../../gitlab";
import type { Stacks } from "../../notShared";
import type { Resource } from "../../resource";
import type { AcrossRule, Finding } from "../../rule";
import type { Stack } from "../../stack";
import { items, read, text } from "../../values";
import { fail, type Judged, open, passOn } from "../../verdict";

const environmentType = gitlabType("ProjectEnvironment");
const variableType = gitlabType("ProjectVariable");
const scoped = [variableType, gitlabType("GroupVariable")];

/**
 * Of the forge's own variables those of the platform's project are for all of its jobs, which run no code of a use
 * case.
 */
function isPlatforms(forge: Forge, stack: Stack, { type, inputs, propertyDependencies }: Resource): boolean {
  const platform = forge.projects.get(platformPathOf(forge.settings.group));
  const from = propertyDependencies.project ?? [];
  const ofPlatform =
    platform !== undefined && (from.includes(platform.urn) || text(inputs, "project") === platform.id);
  return stack === forge.stack && type === variableType && ofPlatform;
}

function judgeScope(production: Served, stack: Stack, variable: Resource): Judged {
  const {
    environment: { environment },
    forge,
  } = production;
  const scope = read(variable.inputs, "environmentScope") ?? "*";
  if (scope === UNKNOWN) return open("environmentScope is not known yet");
  const seen = passOn(() => `environmentScope is ${String(scope)}`);
  if (!covers(String(scope), environment) || isPlatforms(forge, stack, variable)) return seen;
  return fail(
    `environmentScope is ${String(scope)}, which takes in ${environment} of ${production.stack.name}`,
  );
}

/** FRG-08 reports a stack of the same name at the same forge. */
function* productionsOwn(stacks: Stacks): Iterable<Finding> {
  const served = servedOf(stacks);
  for (const production of served.filter(({ environment: { tier } }) => tier === "production")) {
    const around = served.filter(
      ({ forge, environment }) =>
        forge === production.forge && environment.environment !== production.environment.environment,
    );
    for (const { stack } of [production.forge, ...around])
      for (const variable of stack.of(...scoped))
        yield { urn: variable.urn, ...judgeScope(production, stack, variable) };
  }
}

/** What there is once for a name: an environment in its project, and a tag that runners of a project answer to. */
function onceOf(client: Served): readonly (readonly [urn: string, key: string | undefined])[] {
  const { stack } = client;
  const environments = stack.of(environmentType).map(({ urn, inputs }) => {
    const [name, project] = [text(inputs, "name"), text(inputs, "project")];
    return [
      urn,
      name && project && `the environment ${name} of ${projectNamed(client, project) ?? project}`,
    ] as const;
  });
  const runners = stack.of(gitlabType("UserRunner")).flatMap(({ urn, inputs }) =>
    (items(inputs, "tagLists") ?? [UNKNOWN]).map((tag) => {
      const known = tag !== UNKNOWN;
      return [urn, known ? `the tag ${String(tag)}` : undefined] as const;
    }),
  );
  return [...environments, ...runners];
}

function judgeOnce(client: Served, key: string | undefined, all: readonly Served[]): Judged {
  if (key === undefined) return open("what it is called is not known yet");
  const others = all.filter(
    (other) =>
      other !== client && other.forge === client.forge && onceOf(other).some(([, its]) => its === key),
  );
  const names = others.map(({ stack }) => stack.name).join(" and ");
  return others.length > 0
    ? fail(`${key} is also of ${names}`)
    : passOn(() => `${key} is of ${client.stack.name} alone`);
}

function* madeOnce(stacks: Stacks): Iterable<Finding> {
  const all = servedOf(stacks);
  for (const client of all)
    for (const [urn, key] of onceOf(client)) yield { urn, ...judgeOnce(client, key, all) };
}

const row = { scope: "across", environments: "all" } as const;

/** Rules on what no other stack may touch of an environment at the forge. */
export const forgeSeparationRules: readonly AcrossRule[] = [
  {
    ...row,
    id: "FRG-07",
    name: "production-variables-of-production",
    severity: "critical",
    description: "No stack but production's gives production's jobs a variable.",
    remediation: "Set environmentScope to the environment that the variable is of.",
    deviation:
      "The forge gives all jobs of the platform's project their bot, since those run no code of a use case.",
    check: productionsOwn,
  },
  {
    ...row,
    id: "FRG-08",
    name: "environments-made-once",
    severity: "critical",
    description: "An environment of a project, and a tag of its runners, come from one stack.",
    remediation: "Give ecluse:environment of one of the two another name, or the stack another forge.",
    check: madeOnce,
  },
];
