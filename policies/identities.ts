import { UNKNOWN } from "../engine/properties";
import { byName } from "./relations";
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

/** A managed identity, and the credentials by which somebody becomes it. */
export interface Held {
  readonly identity: Resource;
  readonly credentials: readonly Resource[];
}

/** The managed identities of a stack. */
export const identitiesOf = (stack: Stack): readonly Held[] =>
  stack.of(identityType).map((identity) => ({
    identity,
    credentials: stack
      .of(credentialType)
      .filter((credential) => byName("resourceName")(stack, credential, identity).verdict === "pass"),
  }));

/** The subject of a ServiceAccount's tokens, such as `system:serviceaccount:dev-platform:tracking`. */
export const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Whether a value is this output of the identity: by the value, or by where it comes from. */
export function isOutputOf(identity: Resource, output: string, resource: Resource, path: string): Judged {
  const value = read(resource.inputs, path);
  if (value === undefined) return fail(`${path} of ${resource.name} is not set`);
  const own = text(identity.outputs, output);
  const from = resource.propertyDependencies[path.replace(/[.[].*/, "")] ?? [];
  if (value !== UNKNOWN && own !== undefined)
    return value === own ? pass : fail(`${path} of ${resource.name} is not of ${identity.name}`);
  if (from.includes(identity.urn)) return pass;
  return value === UNKNOWN && from.length === 0
    ? open(`${path} of ${resource.name} is not known yet`)
    : fail(`${path} of ${resource.name} does not come from ${identity.name}`);
}
