import * as keyvault from "@pulumi/azure-native/keyvault";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { Foundation, Pod, PodAccess } from "../kubernetes/foundation";
import type { AzureContext } from "./context";
import type { Identities, Identity } from "./identities";
import { assignRole, builtInRole } from "./roles";
import type { AzureVault } from "./vault";

/** What secrets of pods are made with. */
export interface VaultSecretsArgs {
  readonly context: AzureContext;
  readonly vault: AzureVault;
  readonly identities: Identities;
  /** Of the cluster, for what is made in it. */
  readonly options: Foundation["options"];
}

/** Secrets that lie in Key Vault and are mounted by the CSI driver under the pod's own identity; no pod may read another's. */
export function vaultSecrets(args: VaultSecretsArgs): Pick<Foundation, "secrets" | "keptSecret"> {
  const { context, vault, identities } = args;
  return {
    secrets(pod, name, values) {
      const identity = identities.of(pod);
      const entries = Object.entries(values).map(([variable, value]) => {
        const secretName = `${identity.use}-${name}-${variable.toLowerCase().replaceAll("_", "-")}`;
        const secret = keepSecret(context, vault, secretName, value);
        return { variable, secretName, role: mayRead(context, identity, secretName, secret.id) };
      });
      return mount(args, pod, identity, name, entries);
    },
    keptSecret(pod, variable, { key: secretName }) {
      const identity = identities.of(pod);
      const scope = pulumi.interpolate`${vault.id}/secrets/${secretName}`;
      const role = mayRead(context, identity, secretName, scope);
      return mount(args, pod, identity, secretName.toLowerCase(), [{ variable, secretName, role }]);
    },
  };
}

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

/** A secret of the vault, the variable it becomes, and the right to read it. */
interface Entry {
  readonly variable: string;
  readonly secretName: string;
  readonly role: pulumi.Resource;
}

function mount(
  { context, options }: VaultSecretsArgs,
  pod: Pod,
  identity: Identity,
  name: string,
  entries: readonly Entry[],
): PodAccess {
  const className = `${pod.role}-${name}`;
  const roles = entries.map(({ role }) => role);
  const providerClass = new CustomResource(
    `${identity.use}-${name}`,
    {
      apiVersion: "secrets-store.csi.x-k8s.io/v1",
      kind: "SecretProviderClass",
      metadata: { name: className, namespace: pod.namespace },
      spec: classSpec(context, identity, className, entries),
    },
    { ...options, dependsOn: [...(options.dependsOn ?? []), ...roles] },
  );
  const [volume, readOnly] = [`secrets-${name}`, true];
  const csi = {
    driver: "secrets-store.csi.k8s.io",
    readOnly,
    volumeAttributes: { secretProviderClass: className },
  };
  return {
    env: entries.map(({ variable, secretName }) => ({
      name: variable,
      valueFrom: { secretKeyRef: { name: className, key: secretName } },
    })),
    volumes: [{ name: volume, csi }],
    // The driver keeps the Secret that the variables come from for as long as a pod mounts the volume.
    mounts: [{ name: volume, mountPath: `/var/run/ecluse/secrets/${name}`, readOnly }],
    egress: [],
    dependsOn: [...identity.credentials, providerClass],
  };
}

function classSpec(
  { azure, names }: AzureContext,
  identity: Identity,
  className: string,
  entries: readonly Entry[],
) {
  const lines = entries.map(
    ({ secretName }) => `  - |\n    objectName: ${secretName}\n    objectType: secret\n`,
  );
  return {
    provider: "azure",
    parameters: {
      usePodIdentity: "false",
      clientID: identity.clientId,
      keyvaultName: names.vault,
      tenantId: azure.tenantId,
      objects: `array:\n${lines.join("")}`,
    },
    secretObjects: [
      {
        secretName: className,
        type: "Opaque",
        data: entries.map(({ secretName }) => ({ objectName: secretName, key: secretName })),
      },
    ],
  };
}
