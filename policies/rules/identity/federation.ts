import { allOf, anyOf, every, holds, is, matches, matchesNot, set, settledBy } from "../../conditions";
import { credentialType } from "../../identities";
import type { Condition, Rule, RuleText } from "../../rule";

const where = "components/azure/federation.ts";
const credentials = { scope: "resource", types: [credentialType] } as const;
const ofForge = /^project_path:/;
/** As AKS names the issuer of a cluster's tokens. */
const clusterIssuer = /^https:\/\/[a-z0-9.-]+\.oic\.(prod-)?aks\.azure\.(com|us|cn)\//;

const issuers = {
  id: "ID-05",
  parameters: {
    issuers: {
      type: "array",
      items: { type: "string" },
      description: "Issuers to trust beside the environment's cluster and its GitLab.",
      default: [],
    },
    audience: {
      type: "string",
      description: "What a token must be for; another in the clouds of governments.",
      default: "api://AzureADTokenExchange",
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const fromTrusted: Condition = (at, context) => {
  const forge = context.environment?.forge;
  const others = context.parameter<readonly string[]>(issuers, "issuers");
  const named = is("issuer", ...(typeof forge === "object" ? [forge.url] : []), ...others);
  return anyOf(named, matches("issuer", clusterIssuer, "an issuer of AKS"))(at, context);
};

const forEntra: Condition = (at, context) =>
  allOf(set("audiences"), every("audiences", is("", context.parameter<string>(issuers, "audience"))))(
    at,
    context,
  );

const branches = {
  id: "ID-07",
  parameters: {
    branches: {
      type: "array",
      items: { type: "string" },
      description: "The protected branches.",
      default: ["main"],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const protectedBranch: Condition = (at, context) => {
  const forge = context.environment?.forge;
  const projects = typeof forge === "object" ? Object.keys(forge.projectIds) : [];
  const refs = context.parameter<readonly string[]>(branches, "branches");
  const subjects = projects.flatMap((path) =>
    refs.map((ref) => `project_path:${path}:ref_type:branch:ref:${ref}`),
  );
  return holds(
    "subject",
    (value) => subjects.includes(String(value)),
    "a project's protected branch",
  )(at, context);
};

/** Rules on whose tokens become an identity. */
export const idFederationRules: readonly Rule[] = [
  {
    ...credentials,
    ...issuers,
    name: "known-issuers",
    severity: "critical",
    environments: "all",
    description: "Only tokens of the environment's cluster or GitLab, made for Entra, become an identity.",
    remediation: `Let ${where} make the credential; the GitLab is ecluse:forge.url.`,
    check: allOf(settledBy(fromTrusted, "issuer", "azure-native:containerservice:ManagedCluster"), forEntra),
  },
  {
    ...credentials,
    id: "ID-06",
    name: "one-service-account",
    severity: "critical",
    environments: "all",
    description:
      "A credential of a cluster is for one ServiceAccount, which is not one that pods get by default.",
    remediation: `Make the subject by podTrust of ${where}.`,
    deviation: "Also the namespaces of Kubernetes itself, and a credential without a subject.",
    when: matchesNot("subject", ofForge),
    check: matches(
      "subject",
      /^system:serviceaccount:(?!default:|kube-)[a-z0-9-]+:(?!default$)[a-z0-9-]+$/,
      "system:serviceaccount:<namespace>:<account>, neither of them default",
    ),
  },
  {
    ...credentials,
    ...branches,
    name: "protected-branches-only",
    severity: "critical",
    environments: "production",
    description:
      "Of GitLab's jobs only those of a protected branch of the environment's own projects become an identity.",
    remediation: `Make the subject by branchTrust of ${where}; list the project in ecluse:forge.projectIds.`,
    deviation:
      "The project must be one of the settings too. A token's sub names an environment only if GitLab is " +
      "configured so.",
    when: matches("subject", ofForge),
    check: protectedBranch,
  },
];
