import { containsUnknown, reveal } from "../../engine/properties";
import type { Stacks } from "../apart";
import { physicalNames } from "../physicalNames";
import type { Resource } from "../resource";
import type { AcrossRule, Finding } from "../rule";
import { Stack } from "../stack";
import { text } from "../values";
import { fail, type Judged, open, pass } from "../verdict";

const escaped = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What one finds an environment by: its subscription, its namespaces, and the names of what it has. */
function marksOf(stack: Stack): readonly string[] {
  const subscriptions = stack
    .of("pulumi:providers:azure-native")
    .flatMap(({ inputs }) => text(inputs, "subscriptionId")?.toLowerCase() ?? []);
  const namespaces = stack
    .of("kubernetes:core/v1:Namespace")
    .flatMap(({ inputs }) => text(inputs, "metadata.name") ?? []);
  const names = physicalNames(stack).flatMap(({ name }) => name ?? []);
  return [...subscriptions, ...namespaces, ...names].filter((name) => name.length >= 6);
}

/** Any of the other stacks' marks that is not the stack's own too, as a whole word. */
function foreign(stack: Stack, stacks: Stacks): RegExp | undefined {
  const own = new Set(marksOf(stack));
  const others = stacks.filter((each) => each.stack !== stack).flatMap((each) => marksOf(each.stack));
  const marks = [...new Set(others)].filter((mark) => !own.has(mark));
  return marks.length > 0
    ? new RegExp(`(?<![\\w-])(${marks.map(escaped).join("|")})(?![\\w-])`, "i")
    : undefined;
}

/** A value that is not known yet and comes from nothing in the stack may come from anywhere. */
const vague = ({ type, inputs, propertyDependencies }: Resource) =>
  type.startsWith("pulumi:")
    ? undefined
    : Object.keys(inputs).find(
        (key) => containsUnknown(inputs[key] ?? null) && !propertyDependencies[key]?.length,
      );

function judge(resource: Resource, marks: RegExp): Judged {
  for (const [path, written] of Stack.texts(reveal(resource.inputs))) {
    const found = marks.exec(written)?.[0];
    if (found) return fail(`${path} names ${found}, which is another environment's`);
  }
  const property = vague(resource);
  return property ? open(`${property} is not known yet, nor what it comes from`) : pass;
}

function* unconnected(stacks: Stacks): Iterable<Finding> {
  for (const { stack } of stacks) {
    const marks = foreign(stack, stacks);
    if (!marks) continue;
    for (const resource of stack.resources) yield { urn: resource.urn, ...judge(resource, marks) };
  }
}

/** The rule on what leads from one environment to another. */
export const isolationReferencesRules: readonly AcrossRule[] = [
  {
    id: "ENV-02",
    name: "no-reference-to-another-environment",
    scope: "across",
    severity: "critical",
    environments: "all",
    says: "Nothing of one environment names a subscription, a host, a namespace or a resource of another.",
    remediation: "Take the reference out: what is needed twice is made twice.",
    differs:
      "Judged by what the other stacks really have, which a map kept by hand would miss; secrets are searched too.",
    check: unconnected,
  },
];
