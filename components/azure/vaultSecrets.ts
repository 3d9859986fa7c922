import * as keyvault from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import type { Foundation } from "../kubernetes/foundation";
import { resourceNameOf } from "../naming";
import type { AzureContext } from "./context";
import type { Identities, Identity } from "./identities";
import { assignRole, builtInRole } from "./roles";
import type { AzureVault } from "./vault";
import { vaultMount } from "./vaultMount";

/** What secrets of pods are made with. */
export interface VaultSecretsArgs {
  readonly context: AzureContext;
  readonly vault: AzureVault;
  readonly identities: Identities;
  /** Of the cluster, for what is made in it. */
  readonly options: Foundation["options"];
}

/** Secrets that lie in Key Vault and are mounted by the CSI driver under the pod's own identity; no pod may read another's. */
export function vaultSecrets(
  args: VaultSecretsArgs,
): Pick<Foundation, "secrets" | "keptSecret" | "tokenFile"> {
  const { context, vault, identities } = args;
  return {
    secrets(pod, name, values) {
      const identity = identities.of(pod);
      const entries = Object.entries(values).map(([variable, value]) => {
        const secretName = `${identity.use}-${name}-${resourceNameOf(variable)}`;
        const secret = keepSecret(context, vault, secretName, value);
        return { variable, secretName, role: mayRead(context, identity, secretName, secret.id) };
      });
      return vaultMount(args, { pod, identity, name, folder: folderOf(name), entries });
    },
    tokenFile(pod, folder, token) {
      const identity = identities.of(pod);
      const secretName = `${identity.use}-token`;
      const secret = keepSecret(context, vault, secretName, token);
      const role = mayRead(context, identity, secretName, secret.id);
      const entries = [{ file: "token", secretName, role }];
      return vaultMount(args, { pod, identity, name: "token", folder, entries });
    },
    keptSecret(pod, variable, { key: secretName }) {
      const identity = identities.of(pod);
      const scope = pulumi.interpolate`${vault.id}/secrets/${secretName}`;
      const role = mayRead(context, identity, secretName, scope);
      const name = secretName.toLowerCase();
      const entries = [{ variable, secretName, role }];
      return vaultMount(args, { pod, identity, name, folder: folderOf(name), entries });
    },
  };
}

const folderOf = (name: string) => `/var/run/ecluse/secrets/${name}`;
const day = 24 * 60 * 60;

function keepSecret(
  context: AzureContext,
  vault: AzureVault,
  secretName: string,
  value: pulumi.Output<string>,
) {
  const today = Math.floor(Date.now() / 1000 / day) * day;
  return new keyvault.Secret(
    secretName,
    {
      secretName,
      vaultName: vault.name,
      resourceGroupName: context.resourceGroupName,
      properties: {
        value: pulumi.secret(value),
        contentType: "text/plain",
        attributes: { enabled: true, expires: today + 365 * day },
      },
      tags: context.tags,
    },
    // Counted from when the secret was made: it says when a new value is due, and reading it goes on.
    { ...context.options, ignoreChanges: ["properties.attributes.expires"] },
  );
}

function mayRead(context: AzureContext, identity: Identity, secret: string, scope: pulumi.Input<string>) {
  return assignRole(context, `${identity.use}-reads-${secret}`, {
    principal: { id: identity.principalId, type: "ServicePrincipal" },
    role: builtInRole(context, "Key Vault Secrets User"),
    scope,
    description: `${identity.use} of ${context.settings.environment} reads its secret ${secret}.`,
  });
}
