import {
  hasProtection,
  type ProtectionName,
  protections,
  type Subscription,
} from "../components/gitlab/tiers";
import type { Value } from "../protocol/properties";
import type { Context } from "./context";
import { byId, narrowed, type Relation } from "./relations";
import type { Condition } from "./rule";
import { read, text } from "./values";
import { fail, type Judged, open, pass, passOn } from "./verdict";

/** The type of a resource of GitLab: `gitlabType("Project")`. */
export const gitlabType = (kind: string): string =>
  `gitlab:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;

/** What the stack's GitLab is paid for; undefined where no settings say, so that everything is asked of it. */
function subscriptionOf({ settings, environment }: Context): Subscription | undefined {
  if (settings?.kind === "forge") return settings.gitlab;
  return typeof environment?.forge === "object"
    ? { registryDatabase: true, ...environment.forge }
    : undefined;
}

/** What the stack's GitLab lacks of a protection, in a sentence; undefined where it has it. */
export function lackOf(name: ProtectionName, context: Context): string | undefined {
  const subscription = subscriptionOf(context);
  if (!subscription || hasProtection(subscription, name)) return undefined;
  const { lost, standIn } = protections[name];
  return `GitLab in tier ${subscription.tier} lacks ${name}: ${lost}; in its place: ${standIn}`;
}

/** Why a rule does not apply where GitLab lacks the protection. */
export const notApplicableWithout =
  (name: ProtectionName) =>
  (context: Context): string | undefined =>
    lackOf(name, context);

/** The condition, asked only where GitLab can meet it; the evidence says that it was not. */
export const ifSupported =
  (name: ProtectionName, condition: Condition): Condition =>
  (at, context) => {
    const lack = lackOf(name, context);
    return lack === undefined ? condition(at, context) : passOn(() => lack);
  };

/** The resource is of the project that the other is. */
export const ofProject: Relation = byId("project");

/** A pattern of GitLab, where `*` stands for any text, covers a text. */
export function covers(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

/** A property, which may be a pattern, covers a name; one that is not known yet leaves it open. */
export function coversName(inputs: Value | undefined, path: string, name: string): Judged {
  const pattern = text(inputs, path);
  if (pattern !== undefined) return covers(pattern, name) ? pass : fail("it is for others");
  return read(inputs, path) === undefined ? fail("it is for others") : open(`${path} is not known yet`);
}

/** Of a project, and for one name of what it has. */
export const ofProjectFor = (path: string, name: string): Relation =>
  narrowed(ofProject, (_stack, from) => coversName(from.inputs, path, name));

/** Levels that may do what reaches production, in both of the provider's spellings. */
export const maintainers = [
  "maintainer",
  "owner",
  "admin",
  "no one",
  "MAINTAINER",
  "OWNER",
  "ADMIN",
] as const;
