import type { Resource } from "@pulumi/pulumi";

/** The scope of what is made inside of a component: the same, with the component as parent. */
export const within = <Scope extends { readonly options: object }>(
  scope: Scope,
  parent: Resource,
): Scope => ({
  ...scope,
  options: { ...scope.options, parent },
});
