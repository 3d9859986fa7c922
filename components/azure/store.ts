import * as pulumi from "@pulumi/pulumi";
import type { ClusterStore, Pod, PodAccess } from "../kubernetes/foundation";
import type { Container } from "../naming";
import type { AzureContext, AzureNetwork } from "./context";
import { tokenEgress } from "./federation";
import type { Identities } from "./identities";
import { assignRole, type Principal } from "./roles";
import { blobRoles, onlyBelow } from "./rolesOfBlobs";
import { storeAccount } from "./storeAccount";
import { releasedModelDays } from "./storeLifecycle";
import type { EncryptionKey } from "./vaultKeys";

/** A right on a container, or on one use case's folder in it. */
export interface ContainerRight {
  /** Who it is, as `tracking` or `auditors`. */
  readonly use: string;
  readonly principal: Principal;
  readonly container: Container;
  /** As of a SAS: `rlcwd`. */
  readonly permissions: string;
  /** Bounds it to this use case's folder. */
  readonly useCase?: string;
}

/** The environment's blob store on Azure. */
export interface AzureStore extends ClusterStore {
  readonly accountId: pulumi.Output<string>;
  /** The blob service, whose reads and writes are logged. */
  readonly blobServiceId: pulumi.Output<string>;
  /** Days for which no version of an artifact can be deleted; undefined where they are not immutable. */
  readonly immutableDays?: number;
  /** Gives a right; its role assignment, on which depends what uses it. */
  grant(right: ContainerRight): pulumi.Resource;
}

/** What the store is made with. */
export interface StoreArgs {
  readonly network: AzureNetwork;
  readonly identities: Identities;
  /** Encrypts the account in place of Microsoft's key. */
  readonly key?: EncryptionKey;
}

/** A storage account that opens by roles alone: it has no keys, no SAS and no public address. */
export function azureStore(context: AzureContext, { network, identities, key }: StoreArgs): AzureStore {
  const { account, containers } = storeAccount(context, key);
  const endpoint = network.privateEndpoint("blob", account.id);
  const roleOf = blobRoles(context);
  const host = pulumi.interpolate`${account.name}.blob.core.windows.net`;
  const grant = ({ use, principal, container, permissions, useCase }: ContainerRight) =>
    assignRole(context, `${use}-${container}`, {
      principal,
      ...roleOf(permissions),
      scope: containers[container].id,
      description: describe(context, { use, principal, container, permissions, useCase }),
      condition: useCase && container !== "artifacts" ? onlyBelow(useCase) : undefined,
    });
  return {
    accountId: account.id,
    blobServiceId: pulumi.interpolate`${account.id}/blobServices/default`,
    immutableDays: context.production ? releasedModelDays : undefined,
    grant,
    endpoint: pulumi.interpolate`https://${host}`,
    artifacts: pulumi.interpolate`wasbs://artifacts@${host}/`,
    url: (container) => pulumi.interpolate`https://${host}/${container}`,
    access(pod: Pod, container: Container, permissions: string): PodAccess {
      const { use, principalId, credentials } = identities.of(pod);
      const principal = { id: principalId, type: "ServicePrincipal" } as const;
      const role = grant({ use, principal, container, permissions, useCase: pod.useCase });
      return {
        env: [],
        volumes: [],
        mounts: [],
        egress: [
          { to: [{ ipBlock: { cidr: network.ranges.endpoints } }], ports: [443] },
          ...tokenEgress(context),
        ],
        dependsOn: [...credentials, role, endpoint],
      };
    },
  };
}

function describe({ settings }: AzureContext, right: ContainerRight): string {
  const { use, container, permissions, useCase } = right;
  const place = useCase && container !== "artifacts" ? `${container}/${useCase}` : container;
  return `${use} of ${settings.environment} has "${permissions}" on ${place} (r read, l list, c create, w write, d delete).`;
}
