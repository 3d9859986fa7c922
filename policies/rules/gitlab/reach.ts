import { UNKNOWN } from "../../../protocol/properties";
import { allOf, anyOf, atLeast, every, holds, is, isNot, set, some } from "../../conditions";
import type { Context } from "../../context";
import { gitlabType, maintainers, notApplicableWithout, ofProject } from "../../gitlab";
import { byName, type Companion, has, judged, narrowed } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { read, text } from "../../values";
import { allVerdicts, fail, open, pass, passOn } from "../../verdict";

const project = gitlabType("Project");
const environment = gitlabType("ProjectEnvironment");

const list = (path: string) => holds(path, (value) => Array.isArray(value), "a list");

const jobTokens: Companion = {
  type: gitlabType("ProjectJobTokenScopes"),
  relation: ofProject,
  check: allOf(isNot("enabled", false), anyOf(list("targetProjectIds"), list("targetGroupIds"))),
  sole: true,
  missing: "nothing lists whose jobs reach it",
};

function* jobTokensLimited(stack: Stack, context: Context): Iterable<Finding> {
  const noPush = isNot("ciPushRepositoryForJobTokenAllowed", true);
  for (const made of stack.of(project))
    yield {
      urn: made.urn,
      ...allVerdicts([has(stack, context, made, jobTokens), judged(noPush, made, context)]),
    };
}

/** The protection is of this environment, by its project and its name. */
const ofEnvironment = narrowed(byName("project"), (_stack, from, to) => {
  const name = read(from.inputs, "environment");
  const byOutput = (from.propertyDependencies.environment ?? []).includes(to.urn);
  if (name === UNKNOWN && !byOutput) return open("environment is not known yet");
  return name === text(to.inputs, "name") || byOutput ? pass : fail("it is another's");
});

const someone = anyOf(is("accessLevel", ...maintainers), set("userId"), set("groupId"));

const deploysGuarded: Companion = {
  type: gitlabType("ProjectProtectedEnvironment"),
  relation: ofEnvironment,
  check: allOf(
    set("deployAccessLevelsAttributes"),
    every("deployAccessLevelsAttributes", someone),
    some("approvalRules", allOf(atLeast("requiredApprovals", 1), someone)),
  ),
  sole: true,
  missing: "it is not protected",
};

function* productionGuarded(stack: Stack, context: Context): Iterable<Finding> {
  for (const made of stack.of(environment)) {
    const tier = read(made.inputs, "tier");
    if (tier === UNKNOWN) yield { urn: made.urn, ...open("tier is not known yet") };
    else if (tier === "production" || context.environment?.tier === "production")
      yield { urn: made.urn, ...has(stack, context, made, deploysGuarded) };
  }
}

/** Whose account, or whose members, get a level; of what, and by which property. */
const members: Readonly<Record<string, readonly [of: string, level: string]>> = {
  [gitlabType("GroupMembership")]: ["groupId", "accessLevel"],
  [gitlabType("ProjectMembership")]: ["project", "accessLevel"],
  [gitlabType("GroupShareGroup")]: ["groupId", "groupAccess"],
  [gitlabType("ProjectShareGroup")]: ["project", "groupAccess"],
};
const mostOwners = 2;

/** What a member belongs to: as it is written, or what it comes from. */
const placeOf = ({ inputs, propertyDependencies }: Resource, of: string): string => {
  const value = read(inputs, of);
  return value === UNKNOWN ? (propertyDependencies[of] ?? []).join() : String(value);
};

function* fewOwners(stack: Stack, context: Context): Iterable<Finding> {
  const all = stack.of(...Object.keys(members)).map((resource) => {
    const [of, path] = members[resource.type] as readonly [string, string];
    const level = read(resource.inputs, path);
    return {
      resource,
      place: `${resource.type} ${placeOf(resource, of)}`,
      level,
      shared: path === "groupAccess",
    };
  });
  for (const { resource, place, level, shared } of all) {
    const { urn } = resource;
    const owners = all.filter((each) => each.place === place && each.level === "owner").length;
    if (level === UNKNOWN) yield { urn, ...open("its level is not known yet") };
    else if (level === "owner" && shared) yield { urn, ...fail("every member of a group becomes an owner") };
    else if (level === "owner" && owners > mostOwners)
      yield { urn, ...fail(`${owners} accounts are owners`) };
    else if (level === "guest") yield { urn, ...judged(set("expiresAt"), resource, context) };
    else yield { urn, ...passOn(() => `its level is ${String(level)}`) };
  }
}

/** Rules on who reaches a project, its production and its group. */
export const gitlabReachRules: readonly Rule[] = [
  {
    id: "GL-11",
    name: "production-approved",
    scope: "stack",
    severity: "critical",
    environments: "production",
    description: "A job deploys to production for maintainers alone, after one of them has approved.",
    remediation:
      "Set ecluse:forge.tier to what GitLab is paid for: components/gitlab/projectEnvironment.ts then protects it.",
    deviation:
      "Every environment that a production stack makes, whatever deployment tier it has. A person or a " +
      "group may be named in place of the level.",
    notApplicableReason: notApplicableWithout("protectedEnvironments"),
    check: productionGuarded,
  },
  {
    id: "GL-14",
    name: "job-tokens-limited",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "Only the jobs of listed projects and groups reach a project, and none pushes to it.",
    remediation: "Keep components/gitlab/project.ts, and ciPushRepositoryForJobTokenAllowed at false.",
    check: jobTokensLimited,
  },
  {
    id: "GL-21",
    name: "few-owners",
    scope: "stack",
    severity: "medium",
    environments: "all",
    description: "A project or a group has two owners at most by this stack, and no guest for ever.",
    remediation: "Take memberships away, or lower them; give those of guests expiresAt.",
    deviation:
      "Counted over the stack, since one membership does not show it. A group that is shared with must " +
      "not own: nobody counts its members.",
    check: fewOwners,
  },
];
