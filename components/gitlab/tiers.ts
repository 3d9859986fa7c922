import { type GitlabForgeSettings, type GitlabTier, gitlabTiers } from "../settings";

/** What decides whether a GitLab has a protection. */
export type Subscription = Pick<GitlabForgeSettings, "url" | "tier" | "group"> &
  Partial<Pick<GitlabForgeSettings, "registryDatabase">>;

interface Protection {
  readonly has: (subscription: Subscription) => boolean;
  /** The protection in a few words, as a warning names it. */
  readonly lost: string;
  readonly standIn: string;
}

const from =
  (least: GitlabTier) =>
  ({ tier }: Subscription) =>
    gitlabTiers.indexOf(tier) >= gitlabTiers.indexOf(least);

/** What a GitLab may lack: the one table for what is made, for the warnings, and for docs/gitlab.md. */
export const protections = {
  mergeApprovals: {
    has: from("premium"),
    lost: "approvals of a merge by others than its author",
    standIn: "only maintainers merge, after a green pipeline and resolved discussions",
  },
  codeOwners: {
    has: from("premium"),
    lost: "approvals of a merge by the owners of the changed files",
    standIn: "only maintainers merge",
  },
  pushRules: {
    has: from("premium"),
    lost: "the refusal of pushed secrets, unsigned commits, unknown authors and deleted tags",
    standIn: "the scan for secrets in every pipeline; nobody pushes to main; release tags are protected",
  },
  protectedEnvironments: {
    has: from("premium"),
    lost: "approvals of deployments to production, and the limit of who may deploy",
    standIn: "protected main, a manual job before production, and servers that trust protected refs only",
  },
  forkLimit: {
    // GitLab knows an outside only from the top.
    has: (subscription) => from("premium")(subscription) && !subscription.group.includes("/"),
    lost: "the ban of forks out of the group",
    standIn: "forking is switched off in every project",
  },
  projectTokens: {
    // A self-managed GitLab has them in every tier.
    has: (subscription) => from("premium")(subscription) || new URL(subscription.url).host !== "gitlab.com",
    lost: "the platform's bot, which pins images by digest, and the monitors' way to write issues",
    standIn:
      "a maintainer runs images/digests.ts on the pipeline's artifacts, and opens the merge request; the " +
      "scheduled pipeline fails on an alert",
  },
  protectedImages: {
    has: ({ registryDatabase }) => registryDatabase === true,
    lost: "the protection of released images' tags from whoever is no maintainer",
    standIn: "only maintainers push to the project's repositories, and images run by digest",
  },
  immutableImages: {
    has: (subscription) => subscription.registryDatabase === true && from("ultimate")(subscription),
    lost: "the protection of released images' tags from maintainers",
    standIn: "images run by digest",
  },
  secretDetection: {
    has: from("ultimate"),
    lost: "the search of every push for secrets by their form",
    standIn: "the scan for secrets in every pipeline",
  },
} as const satisfies Readonly<Record<string, Protection>>;

/** The name of a protection that a GitLab may lack. */
export type ProtectionName = keyof typeof protections;

/** Whether a GitLab has a protection. */
export const hasProtection = (subscription: Subscription, name: ProtectionName): boolean =>
  protections[name].has(subscription);

/** What a GitLab lacks. */
export const lacking = (subscription: Subscription): readonly ProtectionName[] =>
  (Object.keys(protections) as ProtectionName[]).filter((name) => !hasProtection(subscription, name));
