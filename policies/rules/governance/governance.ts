import { allOf, holds, set } from "../../conditions";
import type { Context } from "../../context";
import { judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, Rule, RuleText } from "../../rule";
import type { Stack } from "../../stack";
import { read } from "../../values";
import { open } from "../../verdict";

const texts = { type: "array", items: { type: "string" } } as const;
const ofAzure = ({ resources }: Stack) => resources.filter(({ type }) => type.startsWith("azure-native:"));

const tags = {
  id: "GOV-01",
  parameters: {
    tags: {
      ...texts,
      description: "Tags that every resource has.",
      default: ["owner", "cost-center", "environment", "data-classification", "managed-by"],
    },
    untagged: {
      ...texts,
      description: "Types that Azure gives no tags.",
      default: [
        "authorization:ManagementLockByScope",
        "authorization:PolicyExemption",
        "authorization:RoleAssignment",
        "authorization:RoleDefinition",
        "consumption:Budget",
        "containerregistry:ScopeMap",
        "containerregistry:Token",
        "containerservice:MaintenanceConfiguration",
        "dbforpostgresql:AdministratorsMicrosoftEntra",
        "dbforpostgresql:Configuration",
        "dbforpostgresql:Database",
        "dbforpostgresql:FirewallRule",
        "managedidentity:FederatedIdentityCredential",
        "monitor:DiagnosticSetting",
        "monitor:PrivateLinkScopedResource",
        "network:PrivateDnsZoneGroup",
        "network:SecurityRule",
        "network:Subnet",
        "network:VirtualNetworkPeering",
        "storage:BlobContainer",
        "storage:BlobContainerImmutabilityPolicy",
        "storage:BlobServiceProperties",
        "storage:LocalUser",
        "storage:ManagementPolicy",
      ],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

/** What has tags, those of a type that nobody has listed too. */
function taggable(stack: Stack, context: Context): readonly Resource[] {
  const without = context.parameter<readonly string[]>(tags, "untagged");
  return ofAzure(stack).filter(({ type }) => !without.includes(type.slice("azure-native:".length)));
}

function* tagged(stack: Stack, context: Context): Iterable<Finding> {
  const wanted = context.parameter<readonly string[]>(tags, "tags").map((tag) => set(`tags.[${tag}]`));
  for (const resource of taggable(stack, context))
    yield { urn: resource.urn, ...judged(allOf(...wanted), resource, context) };
}

function* ofEnvironment(stack: Stack, context: Context): Iterable<Finding> {
  const own = context.environment?.environment;
  for (const resource of taggable(stack, context)) {
    const tag = holds("tags.environment", (value) => value === own, `"${own}"`);
    const unnamed = open("no settings say which environment the stack is");
    yield { urn: resource.urn, ...(own === undefined ? unnamed : judged(tag, resource, context)) };
  }
}

const regions = {
  id: "GOV-03",
  parameters: {
    regions: {
      ...texts,
      description: "Regions that resources may be in; those of the European Economic Area.",
      default: [
        "austriaeast",
        "belgiumcentral",
        "denmarkeast",
        "finlandcentral",
        "francecentral",
        "francesouth",
        "germanynorth",
        "germanywestcentral",
        "italynorth",
        "northeurope",
        "norwayeast",
        "norwaywest",
        "polandcentral",
        "spaincentral",
        "swedencentral",
        "swedensouth",
        "westeurope",
      ],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

function* inRegion(stack: Stack, context: Context): Iterable<Finding> {
  const allowed = ["global", ...context.parameter<readonly string[]>(regions, "regions")];
  // Azure takes "France Central" too.
  const within = holds(
    "location",
    (value) => allowed.includes(String(value).toLowerCase().replaceAll(" ", "")),
    "an allowed region",
  );
  for (const resource of ofAzure(stack))
    if (read(resource.inputs, "location") !== undefined)
      yield { urn: resource.urn, ...judged(within, resource, context) };
}

const row = { scope: "stack", severity: "medium", environments: "all" } as const;
const where = "ecluse:governance of the stack's file; components/azure/target.ts makes the tags from it";

/** Rules on the owner and the region of a resource. */
export const governanceRules: readonly Rule[] = [
  {
    ...row,
    ...tags,
    name: "tagged",
    description: "Every resource names its owner, its cost center, and the class of its data.",
    remediation: `Set tags, from ${where}.`,
    deviation:
      "Not the use case: every one of an environment uses its resources. A type that nobody listed must have tags.",
    check: tagged,
  },
  {
    ...row,
    id: "GOV-02",
    name: "tagged-with-own-environment",
    description: "The tag environment names the stack's own environment.",
    remediation: "Take tags from the context that the target made; the name is ecluse:environment.",
    check: ofEnvironment,
  },
  {
    ...row,
    ...regions,
    name: "allowed-regions",
    severity: "high",
    description: "Everything is in a region that is allowed for the data.",
    remediation:
      "Set ecluse:azure.location (and pairedLocation) to an allowed region, or list it in policies/config.json.",
    deviation: "A resource that names no region takes its group's, which is judged.",
    check: inRegion,
  },
];
