import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import type { PodPlace, WorkloadIdentity } from "../kubernetes/foundation";
import { platformPathOf, projectPath } from "../naming";
import { within } from "../scope";
import { branchTrust, federate, podTrust, type Trust } from "./federation";
import type { Principal } from "./roles";
import { type AzureScope, placed } from "./scope";

/** What a managed identity is made from. */
export interface IdentityArgs {
  readonly scope: AzureScope;
  /** Its place and role: `tracking`, `bank-churn-serve`. */
  readonly use: string;
  /** Whose tokens stand for it; nobody's where a managed part holds it. */
  readonly trusts?: readonly Trust[];
}

/** A managed identity, and the credentials by which somebody becomes it. */
export class Identity extends pulumi.ComponentResource {
  readonly use: string;
  readonly id: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;
  /** Object id of its service principal. */
  readonly principalId: pulumi.Output<string>;
  /** Who it is, for roles. */
  readonly principal: Principal;
  readonly credentials: readonly pulumi.Resource[];

  constructor(name: string, args: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:azure:Identity", name, {}, opts);
    const { use, trusts = [] } = args;
    const scope = within(args.scope, this);
    const identity = new managedidentity.UserAssignedIdentity(
      name,
      { ...placed(scope), resourceName: scope.names.identity(use) },
      scope.options,
    );
    this.use = use;
    this.id = identity.id;
    this.clientId = identity.clientId;
    this.principalId = identity.principalId;
    this.principal = { id: identity.principalId, type: "ServicePrincipal" };
    this.credentials = federate(name, identity.name, trusts, scope);
    this.registerOutputs({ id: this.id, clientId: this.clientId, principalId: this.principalId });
  }
}

/** Issuers and subjects that the identities of an environment trust. */
export interface IdentitiesArgs {
  readonly scope: AzureScope;
  /** Issuer of the cluster's ServiceAccount tokens. */
  readonly issuer: pulumi.Input<string>;
  /** The GitLab whose protected branches production trusts; undefined for none. */
  readonly gitlab?: { readonly url: string; readonly group: string };
}

/** The identities of an environment: one per use case and role, none of them shared. Each is made on first use. */
export class Identities extends pulumi.ComponentResource {
  private readonly made = new Map<string, Identity>();

  constructor(
    private readonly name: string,
    private readonly args: IdentitiesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:azure:Identities", name, {}, opts);
    this.registerOutputs({});
  }

  /** The identity of a pod. */
  of(pod: PodPlace): Identity {
    const { scope, issuer, gitlab } = this.args;
    const branch = pod.role === "release" ? this.branchTrusts(platformPathOf(gitlab?.group)) : [];
    return this.identity(useOf(scope.environment, pod), [podTrust(issuer, pod), ...branch]);
  }

  /**
   * What marks a pod and its ServiceAccount as of {@link Identities.of}; nothing for a pod that uses nothing of Azure.
   */
  workloadIdentity(pod: PodPlace): WorkloadIdentity {
    if (pod.role === "objects-admin" || pod.role === "build") return { annotations: {}, labels: {} };
    const annotations = {
      "azure.workload.identity/client-id": this.of(pod).clientId,
      "azure.workload.identity/tenant-id": this.args.scope.tenantId,
    };
    // A runner's pod gets no token of its identity: the CSI driver fetches secrets in its place.
    return { annotations, labels: pod.role === "runner" ? {} : { "azure.workload.identity/use": "true" } };
  }

  /**
   * The identity of a use case's jobs on GitLab's protected branch, in production only: development's jobs run code of
   * any branch, and have no more than the pods of their namespace have.
   */
  pipeline(useCase: string): Identity | undefined {
    const trusts = this.branchTrusts(projectPath(useCase, this.args.gitlab?.group));
    return trusts.length > 0 ? this.identity(`${useCase}-ci`, trusts) : undefined;
  }

  private branchTrusts(project: string): readonly Trust[] {
    const { scope, gitlab } = this.args;
    return scope.production && gitlab ? [branchTrust(gitlab.url, project)] : [];
  }

  private identity(use: string, trusts: readonly Trust[]): Identity {
    const { scope } = this.args;
    const known =
      this.made.get(use) ?? new Identity(`${this.name}-${use}`, { scope, use, trusts }, { parent: this });
    this.made.set(use, known);
    return known;
  }
}

/**
 * What an identity is for, from its pod: the namespace without the environment, where the role alone does not say it.
 */
function useOf(environment: string, { namespace, role }: PodPlace): string {
  const place = namespace.slice(environment.length + 1);
  return place === "platform" || place === role ? role : `${place}-${role}`;
}
