import type { Mutation } from "./mutation";

/** Where something is broken. */
export type Place = Pick<Mutation, "stack" | "type" | "name">;

/** The resource of Azure of a type, such as `keyvault:Vault`. */
export const azure = (type: string, name?: string, stack = "prod"): Place => ({
  stack,
  type: `azure-native:${type}`,
  name,
});

/** The object of a cluster of a type, such as `apps/v1:Deployment`. */
export const object = (type: string, name?: string, stack = "prod"): Place => ({
  stack,
  type: `kubernetes:${type}`,
  name,
});

/** Values by path, from a path on. */
export const within = (path: string, values: NonNullable<Mutation["set"]>): NonNullable<Mutation["set"]> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${path}.${key}`, value]));

/** The diagnostic setting of a resource. */
export const logsOf = (name: string): Place => azure("monitor:DiagnosticSetting", `${name}-logs`);

/** The id of something that no stack has. */
export const elsewhere = "/subscriptions/a/resourceGroups/b/providers/c/d/e";

/** Ways to break a rule at one place, each by itself. */
export const broken = (
  place: Place & Pick<Mutation, "with">,
  rule: string,
  ...ways: NonNullable<Mutation["set"]>[]
): Mutation[] => ways.map((set) => ({ ...place, rule, set }));

/** A resource that breaks a rule by being there as well. */
export const added = (place: Place, rule: string, set: NonNullable<Mutation["set"]>): Mutation => ({
  ...place,
  rule,
  add: true,
  set,
});
