import * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as pulumi from "@pulumi/pulumi";
import type { Egress, PodPlace } from "../kubernetes/foundation";
import type { AzureScope } from "./scope";

/** Whose tokens stand for an identity. */
export interface Trust {
  readonly name: "kubernetes" | "gitlab";
  readonly issuer: pulumi.Input<string>;
  readonly subject: string;
}

/** Trust in the tokens of a pod's ServiceAccount. */
export const podTrust = (issuer: pulumi.Input<string>, { namespace, role }: PodPlace): Trust => ({
  name: "kubernetes",
  issuer,
  subject: `system:serviceaccount:${namespace}:${role}`,
});

/** Trust in the jobs of a project's protected branch; a merge request's branch is another subject. */
export const branchTrust = (issuer: string, project: string): Trust => ({
  name: "gitlab",
  issuer,
  subject: `project_path:${project}:ref_type:branch:ref:main`,
});

/** Makes an identity trust; one credential after another, since Azure refuses two writes to an identity at once. */
export function federate(
  name: string,
  identityName: pulumi.Input<string>,
  trusts: readonly Trust[],
  scope: AzureScope,
): readonly pulumi.Resource[] {
  const made: pulumi.Resource[] = [];
  for (const trust of trusts)
    made.push(
      new managedidentity.FederatedIdentityCredential(
        `${name}-${trust.name}`,
        {
          federatedIdentityCredentialResourceName: trust.name,
          resourceName: identityName,
          resourceGroupName: scope.resourceGroupName,
          issuer: trust.issuer,
          subject: trust.subject,
          audiences: ["api://AzureADTokenExchange"],
        },
        { ...scope.options, dependsOn: made.slice(-1) },
      ),
    );
  return made;
}

/** Where a pod trades its ServiceAccount's token for Entra's: in ranges that the settings name. */
export const tokenEgress = (ranges: readonly string[]): Egress[] =>
  ranges.length > 0 ? [{ to: ranges.map((cidr) => ({ ipBlock: { cidr } })), ports: [443] }] : [];
