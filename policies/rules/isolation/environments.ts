import { UNKNOWN } from "../../../protocol/properties";
import { is, matches } from "../../conditions";
import type { Context } from "../../context";
import type { Condition, Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { read } from "../../values";
import { fail, open, pass, passOn } from "../../verdict";

const unnamed = open("no settings say which environment the stack is");

/** The stack that is referred to is the environment's forge; a forge refers to none. */
const toForge: Condition = (at, context) => {
  const forge = context.environment?.forge;
  const own = typeof forge === "string" ? new RegExp(`(^|/)${forge}$`) : /(^|\/)forge$/;
  if (context.settings?.kind === "forge") return fail("a forge reads no other stack");
  return matches("name", own, "the environment's forge")(at, context);
};

function* ownNamespaces(stack: Stack, { environment }: Context): Iterable<Finding> {
  const own = environment?.environment;
  for (const { type, urn, inputs } of stack.resources.filter(({ type }) => type.startsWith("kubernetes:"))) {
    const path = type === "kubernetes:core/v1:Namespace" ? "metadata.name" : "metadata.namespace";
    const place = read(inputs, path);
    if (place === undefined) continue;
    if (place === UNKNOWN) yield { urn, ...open(`${path} is not known yet`) };
    else if (own === undefined) yield { urn, ...unnamed };
    else if (String(place).startsWith(`${own}-`))
      yield { urn, ...passOn(() => `${path} is ${String(place)}`) };
    else yield { urn, ...fail(`${path} is ${String(place)}, and must begin with ${own}-`) };
  }
}

/** By type where a variable says whose jobs get it. */
const scopes: Readonly<Record<string, string>> = {
  "gitlab:index/projectVariable:ProjectVariable": "environmentScope",
  "gitlab:index/groupVariable:GroupVariable": "environmentScope",
  "ecluse-local:index:CiVariable": "environment",
};

const ofOwnJobs: Condition = (at, context) => {
  const own = context.environment?.environment;
  return own === undefined ? unnamed : is(scopes[at.resource.type] as string, own, `${own}/*`)(at, context);
};

/** Only a forge makes variables that are not of one environment. */
const inEnvironment: Condition = (_at, { settings }) =>
  settings?.kind === "forge" ? fail("it is the forge's") : pass;

/** Rules on what one environment must not see of another. */
export const environmentsRules: readonly Rule[] = [
  {
    id: "ENV-01",
    name: "no-other-environment-read",
    scope: "resource",
    types: ["pulumi:pulumi:StackReference"],
    severity: "critical",
    environments: "all",
    description: "A stack reads no other's outputs but those of its forge.",
    remediation: "Take out the StackReference; give what is public, such as a URL, by the stack's file.",
    deviation: "Neither production nor another environment is read, by none, and a forge reads nobody.",
    check: toForge,
  },
  {
    id: "ENV-05",
    name: "own-namespaces",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "Every namespace is named after the environment, and every object is in one of them.",
    remediation: "Take the name from namespaces of components/naming.ts.",
    deviation:
      "Names begin with the environment, so that they sort by it. Two environments may share a cluster " +
      "that is the team's own; ISO-07 keeps their namespaces apart.",
    check: ownNamespaces,
  },
  {
    id: "ENV-06",
    name: "variables-of-one-environment",
    scope: "resource",
    types: Object.keys(scopes),
    severity: "high",
    environments: "all",
    description: "A CI variable that an environment makes reaches the jobs of that environment alone.",
    remediation: "Set environmentScope to ecluse:environment.",
    deviation: "In every environment, and without prod*, which an environment such as prod-test would match.",
    when: inEnvironment,
    check: ofOwnJobs,
  },
];
