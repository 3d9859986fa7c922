/** Where an environment runs, or a forge is. */
export const targets = ["azure", "gitlab", "kubernetes", "local"] as const;

/** One of {@link targets}. */
export type TargetName = (typeof targets)[number];

/** What an environment is for; production trusts protected refs only. */
export const tiers = ["development", "integration", "staging", "production"] as const;

/** One of {@link tiers}. */
export type Tier = (typeof tiers)[number];

/** How much of the chain an environment has, for a team's maturity; `profiles.ts` says what each means. */
export const profileNames = ["frugal", "standard", "full"] as const;

/** One of {@link profileNames}. */
export type ProfileName = (typeof profileNames)[number];

/** The risk that a use case's decisions bear. */
export const riskClasses = ["minimal", "limited", "high"] as const;

/** How much a use case's wrong scores would cost. */
export const materialities = ["low", "medium", "high"] as const;

/** How sensitive data is. */
export const dataClassifications = ["public", "internal", "confidential", "restricted"] as const;

/** Every subscription of GitLab, from the least. */
export const gitlabTiers = ["free", "premium", "ultimate"] as const;

/** One of {@link gitlabTiers}. */
export type GitlabTier = (typeof gitlabTiers)[number];

/** The form of the ids by which Entra knows tenants, applications, people and groups. */
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where most clusters have their DNS. */
export const usualDns = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, port: 53 };
