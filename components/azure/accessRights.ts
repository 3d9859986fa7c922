import * as pulumi from "@pulumi/pulumi";
import { within } from "../scope";
import type { Identities } from "./identities";
import { assignRole, builtInRole } from "./roles";
import type { AzureScope } from "./scope";
import type { ArtifactStore } from "./store";

/** Who has rights in an environment beside its pods, and on what. */
export interface AccessRightsArgs {
  readonly scope: AzureScope;
  readonly store: Pick<ArtifactStore, "grant">;
  readonly identities: Pick<Identities, "pipeline">;
  /** Log Analytics, with Key Vault's audit in it. */
  readonly workspaceId: pulumi.Input<string>;
  /** Object id of the Entra group that reads reports and logs; undefined for nobody. */
  readonly auditors?: string;
  /** Object id of the Entra group that lands data; undefined for nobody. */
  readonly dataLanders?: string;
  /** Use cases whose jobs on GitLab read their data. */
  readonly useCases: readonly string[];
}

/** The rights of groups of people, and of GitLab's jobs outside of the cluster. */
export class AccessRights extends pulumi.ComponentResource {
  /** Client id of the identity of each use case's jobs, where there is one. */
  readonly jobClientIds: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: AccessRightsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:azure:AccessRights", name, {}, opts);
    const { auditors, dataLanders, useCases } = args;
    if (auditors) this.letAudit(name, args, auditors);
    if (dataLanders) {
      const principal = { id: dataLanders, type: "Group" } as const;
      const right = { use: "data-landers", principal, container: "data", permission: "read-write" } as const;
      args.store.grant(`${name}-data-landers`, right, this);
      // A date that is held out is taken away from there when it goes on to training.
      const heldOut = { ...right, container: "holdout", permission: "read-write-delete" } as const;
      args.store.grant(`${name}-data-landers-holdout`, heldOut, this);
    }
    this.jobClientIds = Object.fromEntries(
      useCases.flatMap((useCase) => this.letJobsRead(name, args, useCase)),
    );
    this.registerOutputs({ jobClientIds: this.jobClientIds });
  }

  private letAudit(name: string, { scope, store, workspaceId }: AccessRightsArgs, group: string): void {
    const principal = { id: group, type: "Group" } as const;
    const right = { use: "auditors", principal, container: "reports", permission: "read" } as const;
    store.grant(`${name}-auditors-reports`, right, this);
    const logs = {
      principal,
      role: builtInRole(scope, "Log Analytics Reader"),
      on: workspaceId,
      description: `auditors of ${scope.environment} read its logs, the vault's audit among them.`,
    };
    assignRole(`${name}-auditors-logs`, logs, within(scope, this));
  }

  private letJobsRead(name: string, { store, identities }: AccessRightsArgs, useCase: string) {
    const pipeline = identities.pipeline(useCase);
    if (!pipeline) return [];
    const { use, principal, clientId } = pipeline;
    store.grant(`${name}-${use}`, { use, principal, container: "data", permission: "read", useCase }, this);
    return [[useCase, clientId] as const];
  }
}
