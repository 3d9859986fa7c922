import { containsUnknown, reveal } from "../../../protocol/properties";
import type { Stacks } from "../../notShared";
import { physicalNames } from "../../physicalNames";
import type { Resource } from "../../resource";
import type { AcrossRule, Finding } from "../../rule";
import { Stack } from "../../stack";
import { text } from "../../values";
import { fail, type Judged, open, pass } from "../../verdict";

const escaped = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What one finds an environment by wherever it is written: its subscription, and the names of what it has. */
function marksOf(stack: Stack): readonly string[] {
  const subscriptions = stack
    .of("pulumi:providers:azure-native")
    .flatMap(({ inputs }) => text(inputs, "subscriptionId")?.toLowerCase() ?? []);
  const names = physicalNames(stack).flatMap(({ name }) => name ?? []);
  return [...subscriptions, ...names].filter((name) => name.length >= 6);
}

const namespacesOf = (stack: Stack) =>
  stack.of("kubernetes:core/v1:Namespace").flatMap(({ inputs }) => text(inputs, "metadata.name") ?? []);

/** What the other stacks have, and the stack itself has not. */
function others(stack: Stack, stacks: Stacks, of: (stack: Stack) => readonly string[]): readonly string[] {
  const own = new Set(of(stack));
  const all = stacks.filter((each) => each.stack !== stack).flatMap((each) => of(each.stack));
  return [...new Set(all)].filter((name) => !own.has(name));
}

/** Where a text is a namespace's name: of an object, a ServiceAccount or a peer. */
const ofNamespace = /(^|\.)namespace$|namespaceSelector\..*(metadata\.name$|values\.\d+$)/;

/** Finds what a text names of another environment, and gives it. */
type Foreign = (path: string, text: string) => string | undefined;

/**
 * Any of the other stacks' marks as a whole word; a namespace, which may be called as anything, where only one can
 * stand.
 */
function foreign(stack: Stack, stacks: Stacks): Foreign | undefined {
  const marks = others(stack, stacks, marksOf);
  const namespaces = others(stack, stacks, namespacesOf);
  if (marks.length + namespaces.length === 0) return undefined;
  const anyOf = (names: readonly string[]) => (names.length > 0 ? names.map(escaped).join("|") : "(?!)");
  const word = new RegExp(`(?<![\\w-])(?:${anyOf(marks)})(?![\\w-])`, "i");
  const host = `(?<=[\\w-]\\.)(?:${anyOf(namespaces)})(?=\\.svc\\b|:\\d|/|$)`;
  const account = `(?<=\\bserviceaccount:)(?:${anyOf(namespaces)})(?=:|$)`;
  const reached = new RegExp(`${host}|${account}`);
  return (path, text) =>
    word.exec(text)?.[0] ??
    reached.exec(text)?.[0] ??
    (ofNamespace.test(path) && namespaces.includes(text) ? text : undefined);
}

/** A value that is not known yet and comes from nothing in the stack may come from anywhere. */
const vague = ({ type, inputs, propertyDependencies }: Resource) =>
  type.startsWith("pulumi:")
    ? undefined
    : Object.keys(inputs).find(
        (key) => containsUnknown(inputs[key] ?? null) && !propertyDependencies[key]?.length,
      );

function judge(resource: Resource, named: Foreign): Judged {
  for (const [path, written] of Stack.texts(reveal(resource.inputs))) {
    const found = named(path, written);
    if (found) return fail(`${path} names ${found}, which is another environment's`);
  }
  const property = vague(resource);
  return property ? open(`${property} is not known yet, nor what it comes from`) : pass;
}

function* unconnected(stacks: Stacks): Iterable<Finding> {
  for (const { stack } of stacks) {
    const named = foreign(stack, stacks);
    if (!named) continue;
    for (const resource of stack.resources) yield { urn: resource.urn, ...judge(resource, named) };
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
    description:
      "Nothing of one environment names a subscription, a host, a namespace or a resource of another.",
    remediation: "Take the reference out: what is needed twice is made twice.",
    deviation:
      "Judged by what the other stacks really have, which a map kept by hand would miss; secrets are searched too.",
    check: unconnected,
  },
];
