import { isWord } from "../../azure";
import { allOf, anyOf, every, is, matches, matchesNot, set, settledBy, unset } from "../../conditions";
import { assignmentType } from "../../identities";
import type { Condition, Rule } from "../../rule";
import { fail } from "../../verdict";

const definition = "azure-native:authorization:RoleDefinition";
const group = "azure-native:resources:ResourceGroup";
const where = "components/azure/roles.ts";
const assignments = { scope: "resource", types: [assignmentType] } as const;

const owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const accessAdministrator = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9";
const roleAdministrator = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";

/** Roles that may do anything, or give any role. */
const privileged = matches(
  "roleDefinitionId",
  new RegExp(`(${[owner, contributor, accessAdministrator, roleAdministrator].join("|")})/?$`, "i"),
);
const inGroup = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i;
const onResource = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/./i;

/** Every action is named: `*` stands alone for reads of what is no data. */
const named = matchesNot("", /\*(?!\/read$)/, "an action by name");

/** Actions that change who may do what, or give keys and tokens by which somebody may do more. */
const escalating = [
  /^microsoft\.authorization\/(.*\/)?(write|delete|action)$/i,
  /\/(list|regenerate)[a-z]*(keys?|sas|credentials?)\/action$/i,
  /\/(getsecret|runcommand|assign|elevateaccess)\/action$/i,
  /\/(federatedidentitycredentials|deploymentscripts|accesspolicies|extensions|runcommands)\/write$/i,
];
const modest = allOf(
  ...escalating.map((form) => matchesNot("", form, "an action that gives no more than it says")),
);

const passwordOfApplication: Condition = ({ resource }) =>
  fail(`${resource.type.replace(/.*:/, "")} is a password of an application, which lasts`);

const noSecret = allOf(...["clientSecret", "clientCertificatePath", "clientCertificatePassword"].map(unset));

/** Rules on who holds which role on Azure, and which identity Pulumi itself uses. */
export const idRolesRules: readonly Rule[] = [
  {
    ...assignments,
    id: "ID-01",
    name: "no-privileged-role-on-subscription",
    severity: "critical",
    environments: "all",
    description: "Nobody gets Owner, Contributor or the right to give roles on more than a resource group.",
    remediation: `Assign a narrower role on the one resource that needs it, by assignRole of ${where}.`,
    deviation: "Also the tenant's root; a scope that is not visibly within a resource group fails.",
    when: privileged,
    check: settledBy(matches("scope", inGroup, "within a resource group"), "scope", group),
  },
  {
    ...assignments,
    id: "ID-02",
    name: "no-role-for-a-person",
    severity: "high",
    environments: "all",
    description: "Roles are held by groups and machines, and say by which.",
    remediation:
      `Set principalType to Group or ServicePrincipal (${where}); put people into a group of ` +
      "ecluse:azure.groups.",
    check: isWord("principalType", "Group", "ServicePrincipal"),
  },
  {
    ...assignments,
    id: "ID-03",
    name: "privileged-role-narrowed",
    severity: "high",
    environments: "production",
    description:
      "A privileged role is held on one resource only, or a condition says which roles it may give.",
    remediation: `Give the role on a resource, or a condition of version 2.0 (RoleArgs.condition in ${where}).`,
    deviation:
      "Azure asks a condition when roles are given and blobs are touched: it does not narrow Contributor.",
    when: privileged,
    check: anyOf(
      matches("scope", onResource, "a resource within a group"),
      allOf(
        matchesNot(
          "roleDefinitionId",
          new RegExp(`${contributor}/?$`, "i"),
          "a role that a condition narrows",
        ),
        set("condition"),
        is("conditionVersion", "2.0"),
      ),
    ),
  },
  {
    scope: "resource",
    types: [definition],
    id: "ID-04",
    name: "custom-roles-bounded",
    severity: "high",
    environments: "all",
    description:
      "A role of our own names what it may do, gives neither rights nor keys, and can be held in a resource " +
      "group only.",
    remediation:
      "Name the actions, and let assignableScopes be the environment's group (components/azure/blobRoles.ts).",
    deviation:
      "Also delete and action of Microsoft.Authorization, every * but that of */read, and what gives keys, tokens or " +
      "secrets: they come to as much.",
    check: allOf(
      every("permissions", every("actions", allOf(named, modest))),
      every("permissions", every("dataActions", allOf(matchesNot("", /\*/, "an action by name"), modest))),
      set("assignableScopes"),
      settledBy(
        every("assignableScopes", matches("", inGroup, "within a resource group")),
        "assignableScopes",
        group,
      ),
    ),
  },
  {
    scope: "resource",
    types: [
      "pulumi:providers:azure-native",
      "pulumi:providers:azuread",
      "pulumi:providers:azure",
      "azuread:index/applicationPassword:ApplicationPassword",
      "azuread:index/servicePrincipalPassword:ServicePrincipalPassword",
    ],
    id: "ID-11",
    name: "no-client-secret",
    severity: "high",
    environments: "all",
    description: "Pulumi logs in to Azure by a short-lived token, and makes no password of an application.",
    remediation: "Log in by az login, or by the pipeline's federated identity (docs/azure.md, Pipeline).",
    deviation: "Also a client certificate, which lasts as long as a secret does.",
    check: (at, context) =>
      (at.resource.type.startsWith("azuread:") ? passwordOfApplication : noSecret)(at, context),
  },
];
