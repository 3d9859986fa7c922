import { UNKNOWN } from "../protocol/properties";
import { byName, namedBy, type Relation, referrers, relation } from "./relations";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { read, text } from "./values";
import { fail, type Judged, open, pass } from "./verdict";

/** The type of a managed identity. */
export const identityType = "azure-native:managedidentity:UserAssignedIdentity";
/** The type of what lets an outsider's token become an identity. */
export const credentialType = "azure-native:managedidentity:FederatedIdentityCredential";
/** The type of a role that somebody holds on something. */
export const assignmentType = "azure-native:authorization:RoleAssignment";

/** A credential is of an identity. */
export const ofIdentity: Relation = byName("resourceName");

/** The credentials by which somebody becomes an identity. */
export const credentialsOf = (stack: Stack, identity: Resource): readonly Resource[] =>
  referrers(stack, credentialType, ofIdentity, identity).filter(
    (credential) => ofIdentity(stack, credential, identity).verdict === "pass",
  );

/** The subject of a ServiceAccount's tokens, such as `system:serviceaccount:dev-platform:tracking`. */
export const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/;

function judgeOutput(output: string, path: string, resource: Resource, identity: Resource): Judged {
  const value = read(resource.inputs, path);
  if (value === undefined) return fail(`${path} of ${resource.name} is not set`);
  const own = text(identity.outputs, output)?.toLowerCase();
  const from = resource.propertyDependencies[path.replace(/[.[].*/, "")] ?? [];
  if (value !== UNKNOWN && own !== undefined)
    return text(resource.inputs, path)?.toLowerCase() === own
      ? pass
      : fail(`${path} of ${resource.name} is not of ${identity.name}`);
  if (from.includes(identity.urn)) return pass;
  return value === UNKNOWN && from.length === 0
    ? open(`${path} of ${resource.name} is not known yet`)
    : fail(`${path} of ${resource.name} does not come from ${identity.name}`);
}

/** The property is this output of the identity: by the value, or by where it comes from. */
export const holdsOutput = (path: string, output: string): Relation =>
  relation(
    {
      from: namedBy(path, (value) => [value.toLowerCase()]),
      to: ({ urn, outputs }) => [urn, text(outputs, output)?.toLowerCase() ?? urn],
    },
    (_stack, resource, identity) => judgeOutput(output, path, resource, identity),
  );

/** The role is held by the identity. */
export const byPrincipal: Relation = holdsOutput("principalId", "principalId");
