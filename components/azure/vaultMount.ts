import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type * as pulumi from "@pulumi/pulumi";
import type { Foundation, Pod, PodAccess } from "../kubernetes/foundation";
import type { AzureContext } from "./context";
import type { Identity } from "./identities";

/** A secret of the vault, the right to read it, and what it becomes in the pod: a variable, or a file of this name. */
export interface VaultEntry {
  readonly secretName: string;
  readonly role: pulumi.Resource;
  readonly variable?: string;
  readonly file?: string;
}

/** What is mounted, for whom and where. */
export interface VaultMount {
  readonly pod: Pod;
  /** Whose right to read it is used; the pod's own. */
  readonly identity: Identity;
  readonly name: string;
  readonly folder: string;
  readonly entries: readonly VaultEntry[];
}

/** Mounts secrets of the vault by the CSI driver, which fetches them under the pod's own identity. */
export function vaultMount(
  args: { readonly context: AzureContext; readonly options: Foundation["options"] },
  mounted: VaultMount,
): PodAccess {
  const { context, options } = args;
  const { pod, identity, name, folder, entries } = mounted;
  const className = `${pod.role}-${name}`;
  const providerClass = new CustomResource(
    `${identity.use}-${name}`,
    {
      apiVersion: "secrets-store.csi.x-k8s.io/v1",
      kind: "SecretProviderClass",
      metadata: { name: className, namespace: pod.namespace },
      spec: classSpec(context, className, mounted),
    },
    { ...options, dependsOn: [...(options.dependsOn ?? []), ...entries.map(({ role }) => role)] },
  );
  const [volume, readOnly] = [`secrets-${name}`, true];
  const volumeAttributes = { secretProviderClass: className };
  return {
    env: entries.flatMap(({ variable, secretName }) =>
      variable ? [{ name: variable, valueFrom: { secretKeyRef: { name: className, key: secretName } } }] : [],
    ),
    volumes: [{ name: volume, csi: { driver: "secrets-store.csi.k8s.io", readOnly, volumeAttributes } }],
    // The driver keeps the Secret that the variables come from for as long as a pod mounts the volume.
    mounts: [{ name: volume, mountPath: folder, readOnly }],
    egress: [],
    dependsOn: [...identity.credentials, providerClass],
  };
}

const objectOf = ({ secretName, file }: VaultEntry) =>
  [
    "  - |",
    `    objectName: ${secretName}`,
    "    objectType: secret",
    ...(file ? [`    objectAlias: ${file}`] : []),
    "",
  ].join("\n");

function classSpec({ azure, names }: AzureContext, className: string, { identity, entries }: VaultMount) {
  const kept = entries.filter(({ variable }) => variable);
  const data = kept.map(({ secretName }) => ({ objectName: secretName, key: secretName }));
  return {
    provider: "azure",
    parameters: {
      usePodIdentity: "false",
      clientID: identity.clientId,
      keyvaultName: names.vault,
      tenantId: azure.tenantId,
      objects: `array:\n${entries.map(objectOf).join("")}`,
    },
    ...(kept.length > 0 && { secretObjects: [{ secretName: className, type: "Opaque", data }] }),
  };
}
