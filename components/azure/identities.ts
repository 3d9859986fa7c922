import * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as pulumi from "@pulumi/pulumi";
import type { IdentityMarks, Pod } from "../kubernetes/foundation";
import { groupOf, platformPathOf, projectPath } from "../naming";
import type { AzureContext } from "./context";
import { branchTrust, federate, podTrust, type Trust } from "./federation";

/** A managed identity, and the credentials by which somebody becomes it. */
export interface Identity {
  /** Its place and role: `tracking`, `bank-churn-serve`. */
  readonly use: string;
  readonly id: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;
  /** Object id of its service principal, for roles. */
  readonly principalId: pulumi.Output<string>;
  readonly credentials: readonly pulumi.Resource[];
}

/** The identities of an environment: one per use case and role, none of them shared. */
export interface Identities {
  /** The identity of a pod; made once. */
  of(pod: Pod): Identity;
  /** What marks a pod and its ServiceAccount as of {@link Identities.of}; nothing for a pod that uses nothing of Azure. */
  marks(pod: Pod): IdentityMarks;
  /**
   * The identity of a use case's jobs on GitLab's protected branch, in production only: development's jobs run code of any branch, and
   * have no more than the pods of their namespace have.
   */
  pipeline(useCase: string): Identity | undefined;
}

/** Identities of the environment; `issuer` is the cluster's, of ServiceAccount tokens. */
export function identities(context: AzureContext, issuer: pulumi.Input<string>): Identities {
  const made = new Map<string, Identity>();
  const identity = (use: string, trusts: readonly Trust[]) => {
    const known = made.get(use) ?? makeIdentity(context, use, trusts);
    made.set(use, known);
    return known;
  };
  const group = groupOf(context.settings.forge);
  const branch = (project: string) => branchTrusts(context, project);
  const of = (pod: Pod) =>
    identity(useOf(context.settings.environment, pod), [
      podTrust(issuer, pod),
      ...(pod.role === "release" ? branch(platformPathOf(group)) : []),
    ]);
  return {
    of,
    marks: (pod) => {
      if (pod.role === "objects-admin" || pod.role === "build") return { annotations: {}, labels: {} };
      const marks = marksOf(context, of(pod));
      return pod.role === "runner" ? { ...marks, labels: {} } : marks;
    },
    pipeline: (useCase) => {
      const trusts = branch(projectPath(useCase, group));
      return trusts.length > 0 ? identity(`${useCase}-ci`, trusts) : undefined;
    },
  };
}

const marksOf = ({ azure }: AzureContext, { clientId }: Identity): IdentityMarks => ({
  annotations: {
    "azure.workload.identity/client-id": clientId,
    "azure.workload.identity/tenant-id": azure.tenantId,
  },
  labels: { "azure.workload.identity/use": "true" },
});

/** What an identity is for, from its pod: the namespace without the environment, where the role alone does not say it. */
function useOf(environment: string, { namespace, role }: Pod): string {
  const place = namespace.slice(environment.length + 1);
  return place === "platform" || place === role ? role : `${place}-${role}`;
}

function branchTrusts({ production, settings }: AzureContext, project: string): readonly Trust[] {
  const { forge } = settings;
  return production && typeof forge === "object" ? [branchTrust(forge.url, project)] : [];
}

/** An identity of the environment's own, which nobody is yet: of a pod, or of a managed part for its key. */
export function managedIdentity(context: AzureContext, use: string, location = context.azure.location) {
  return new managedidentity.UserAssignedIdentity(
    `${use}-identity`,
    {
      resourceName: context.names.identity(use),
      resourceGroupName: context.resourceGroupName,
      location,
      tags: context.tags,
    },
    context.options,
  );
}

function makeIdentity(context: AzureContext, use: string, trusts: readonly Trust[]): Identity {
  const identity = managedIdentity(context, use);
  const { id, clientId, principalId } = identity;
  return { use, id, clientId, principalId, credentials: federate(context, use, identity, trusts) };
}
