import * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as pulumi from "@pulumi/pulumi";
import type { Egress, Pod } from "../kubernetes/foundation";
import type { AzureContext } from "./context";

/** Whose tokens stand for an identity. */
export interface Trust {
  readonly name: "kubernetes" | "gitlab";
  readonly issuer: pulumi.Input<string>;
  readonly subject: string;
}

/** Trust in the tokens of a pod's ServiceAccount. */
export const podTrust = (issuer: pulumi.Input<string>, { namespace, role }: Pod): Trust => ({
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
  context: AzureContext,
  use: string,
  identity: managedidentity.UserAssignedIdentity,
  trusts: readonly Trust[],
): readonly pulumi.Resource[] {
  const made: pulumi.Resource[] = [];
  for (const { name, issuer, subject } of trusts)
    made.push(
      new managedidentity.FederatedIdentityCredential(
        `${use}-${name}`,
        {
          federatedIdentityCredentialResourceName: name,
          resourceName: identity.name,
          resourceGroupName: context.resourceGroupName,
          issuer,
          subject,
          audiences: ["api://AzureADTokenExchange"],
        },
        { ...context.options, dependsOn: made.slice(-1) },
      ),
    );
  return made;
}

/** Where a pod trades its ServiceAccount's token for Entra's. */
export const tokenEgress = ({ settings }: AzureContext): Egress[] => {
  const ranges = settings.cluster?.egressRanges ?? [];
  return ranges.length > 0 ? [{ to: ranges.map((cidr) => ({ ipBlock: { cidr } })), ports: [443] }] : [];
};
