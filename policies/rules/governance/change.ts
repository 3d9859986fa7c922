import { isProtected } from "../../conditions";
import type { Context } from "../../context";
import type { Finding, Rule, RuleText } from "../../rule";
import type { Stack } from "../../stack";
import { fail, pass } from "../../verdict";

const texts = { type: "array", items: { type: "string" } } as const;

const ignored = {
  id: "GOV-06",
  parameters: {
    properties: {
      ...texts,
      description: "Properties that nobody may stop watching, wherever they stand in a path.",
      default: [
        "aadProfile",
        "adminUserEnabled",
        "allowBlobPublicAccess",
        "allowSharedKeyAccess",
        "anonymousPullEnabled",
        "apiServerAccessProfile",
        "audiences",
        "authConfig",
        "containers",
        "dataEncryption",
        "disableLocalAccounts",
        "egress",
        "enablePurgeProtection",
        "enableRbacAuthorization",
        "encryption",
        "ingress",
        "issuer",
        "minimumTlsVersion",
        "networkAcls",
        "networkRuleSet",
        "networkSecurityGroup",
        "permissions",
        "publicNetworkAccess",
        "roleDefinitionId",
        "rules",
        "securityContext",
        "securityProfile",
        "securityRules",
        "subject",
      ],
    },
    wholes: {
      ...texts,
      description: "Paths that hold such properties: they may be ignored in part, but not as a whole.",
      default: ["*", "network", "properties", "spec", "spec.template", "spec.template.spec"],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

function* watched(stack: Stack, context: Context): Iterable<Finding> {
  const [properties, wholes] = (["properties", "wholes"] as const).map((name) =>
    context.parameter<readonly string[]>(ignored, name),
  ) as [readonly string[], readonly string[]];
  for (const { urn, ignoreChanges } of stack.resources) {
    const guarded = ignoreChanges.filter(
      (path) => wholes.includes(path) || path.split(/[.[\]"]+/).some((part) => properties.includes(part)),
    );
    const why = `changes of ${guarded.join(" and ")} would go unseen`;
    if (ignoreChanges.length > 0) yield { urn, ...(guarded.length > 0 ? fail(why) : pass) };
  }
}

/** Rules on what keeps an environment as it was agreed. */
export const governanceChangeRules: readonly Rule[] = [
  {
    id: "GOV-05",
    name: "stateful-protected",
    scope: "resource",
    types: [
      "azure-native:dbforpostgresql:Server",
      "azure-native:storage:StorageAccount",
      "azure-native:keyvault:Vault",
      "azure-native:keyvault:Key",
      "azure-native:containerregistry:Registry",
      "azure-native:containerservice:ManagedCluster",
      "azure-native:operationalinsights:Workspace",
      "kubernetes:postgresql.cnpg.io/v1:Cluster",
      "kubernetes:core/v1:PersistentVolumeClaim",
    ],
    severity: "high",
    environments: "production",
    description: "Pulumi refuses to delete what holds data, keys or logs.",
    remediation: "Spread stateful(type, production) of components/stateful.ts into the resource's options.",
    deviation: "Also keys, logs, and PostgreSQL and volumes of a cluster.",
    check: isProtected,
  },
  {
    ...ignored,
    name: "security-watched",
    scope: "stack",
    severity: "low",
    environments: "all",
    description: "No option makes Pulumi overlook a change of what keeps a resource closed.",
    remediation: "Narrow ignoreChanges down to the one property that somebody else keeps.",
    check: watched,
  },
];
