import * as keyvault from "@pulumi/azure-native/keyvault";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { emptyAccess, secretVariable } from "../kubernetes/access";
import type { Pod, PodAccess, PodScope, SecretKey, SecretStore } from "../kubernetes/foundation";
import { resourceNameOf } from "../naming";
import { within } from "../scope";
import type { Identities, Identity } from "./identities";
import { assignRole, builtInRole } from "./roles";
import type { AzureScope } from "./scope";
import type { Vault } from "./vault";

/** What secrets of pods are made with. */
export interface VaultSecretsArgs {
  readonly scope: AzureScope;
  readonly vault: Pick<Vault, "id" | "vaultName">;
  readonly identities: Identities;
  /** Of the cluster, for what is made in it. */
  readonly options: PodScope["options"];
  /** Makes random secrets. */
  readonly generator: random.Provider;
}

/** A secret of the vault, the right to read it, and what it becomes in the pod: a variable, or a file of this name. */
interface VaultEntry {
  readonly secretName: string;
  readonly role: pulumi.Resource;
  readonly variable?: string;
  readonly file?: string;
}

/** What is mounted, and where. */
interface Mount {
  readonly name: string;
  readonly folder: string;
  readonly entries: readonly VaultEntry[];
}

/**
 * Secrets that are stored in Key Vault and mounted by the CSI driver under the pod's own identity; no pod may read
 * another's.
 */
export class VaultSecrets extends pulumi.ComponentResource implements SecretStore {
  private readonly scope: AzureScope;
  private readonly options: PodScope["options"];

  constructor(
    name: string,
    private readonly args: VaultSecretsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:azure:VaultSecrets", name, {}, opts);
    this.scope = within(args.scope, this);
    this.options = { ...args.options, parent: this };
    this.registerOutputs({});
  }

  /** Keeps values in the vault; the pod's environment refers to the Secret that the driver makes of them. */
  values(pod: Pod, name: string, values: Readonly<Record<string, pulumi.Output<string>>>): PodAccess {
    const entries = Object.entries(values).map(([variable, value]) => {
      const entry = `${name}-${resourceNameOf(variable)}`;
      return { variable, ...this.keep(pod, entry, value) };
    });
    return this.mount(pod, { name, folder: folderOf(name), entries });
  }

  /** Keeps tokens in the vault, which the driver writes again when they are renewed. */
  files(pod: Pod, folder: string, tokens: Readonly<Record<string, pulumi.Output<string>>>): PodAccess {
    const entries = Object.entries(tokens).map(([file, value]) => ({ file, ...this.keep(pod, file, value) }));
    return this.mount(pod, { name: "token", folder, entries });
  }

  /** A secret of the vault that somebody else keeps. */
  existing(pod: Pod, variable: string, { key: secretName }: SecretKey): PodAccess {
    const secretId = pulumi.interpolate`${this.args.vault.id}/secrets/${secretName}`;
    const role = this.mayRead(pod, secretName, secretId);
    const name = secretName.toLowerCase();
    return this.mount(pod, { name, folder: folderOf(name), entries: [{ variable, secretName, role }] });
  }

  /** A random secret of so many bytes, in hex. */
  random(name: string, bytes: number): pulumi.Output<string> {
    const { generator } = this.args;
    return new random.RandomBytes(name, { length: bytes }, { parent: this, provider: generator }).hex;
  }

  private keep(pod: Pod, entry: string, value: pulumi.Output<string>) {
    const secretName = `${this.args.identities.of(pod).use}-${entry}`;
    const { vault } = this.args;
    const secret = keepSecret(`${pod.name}-${entry}`, { vault, secretName, value }, this.scope);
    return { secretName, role: this.mayRead(pod, secretName, secret.id) };
  }

  private mayRead(pod: Pod, secretName: string, secretId: pulumi.Input<string>): pulumi.Resource {
    const { scope } = this;
    const { use, principal } = this.args.identities.of(pod);
    const args = {
      principal,
      role: builtInRole(scope, "Key Vault Secrets User"),
      on: secretId,
      description: `${use} of ${scope.environment} reads its secret ${secretName}.`,
    };
    return assignRole(`${pod.name}-reads-${secretName}`, args, scope);
  }

  /** Mounts secrets of the vault by the CSI driver, which fetches them under the pod's own identity. */
  private mount(pod: Pod, mount: Mount): PodAccess {
    const { name, folder, entries } = mount;
    const { options } = this;
    const identity = this.args.identities.of(pod);
    const className = `${pod.role}-${name}`;
    const providerClass = new CustomResource(
      `${pod.name}-${name}`,
      {
        apiVersion: "secrets-store.csi.x-k8s.io/v1",
        kind: "SecretProviderClass",
        metadata: { name: className, namespace: pod.namespace },
        spec: classSpec(this.scope, className, identity, entries),
      },
      { ...options, dependsOn: [...(options.dependsOn ?? []), ...entries.map(({ role }) => role)] },
    );
    const dependsOn = [...identity.credentials, providerClass];
    return {
      ...emptyAccess,
      ...mounted(name, folder, className),
      env: variablesOf(className, entries),
      dependsOn,
    };
  }
}

const folderOf = (name: string) => `/var/run/ecluse/secrets/${name}`;
const day = 24 * 60 * 60;

interface KeptSecret {
  readonly vault: Pick<Vault, "vaultName">;
  readonly secretName: string;
  readonly value: pulumi.Output<string>;
}

function keepSecret(name: string, { vault, secretName, value }: KeptSecret, scope: AzureScope) {
  const today = Math.floor(Date.now() / 1000 / day) * day;
  return new keyvault.Secret(
    name,
    {
      secretName,
      vaultName: vault.vaultName,
      resourceGroupName: scope.resourceGroupName,
      properties: {
        value: pulumi.secret(value),
        contentType: "text/plain",
        attributes: { enabled: true, expires: today + 365 * day },
      },
      tags: scope.tags,
    },
    // Counted from when the secret was made: it says when a new value is due, and reading it goes on.
    { ...scope.options, ignoreChanges: ["properties.attributes.expires"] },
  );
}

/** The driver keeps the Secret that the variables come from for as long as a pod mounts the volume. */
function mounted(
  name: string,
  mountPath: string,
  secretProviderClass: string,
): Pick<PodAccess, "volumes" | "mounts"> {
  const [volume, readOnly] = [`secrets-${name}`, true];
  const csi = { driver: "secrets-store.csi.k8s.io", readOnly, volumeAttributes: { secretProviderClass } };
  return { volumes: [{ name: volume, csi }], mounts: [{ name: volume, mountPath, readOnly }] };
}

const variablesOf = (className: string, entries: readonly VaultEntry[]) =>
  entries.flatMap(({ variable, secretName }) =>
    variable ? [secretVariable(variable, className, secretName)] : [],
  );

const objectOf = ({ secretName, file }: VaultEntry) =>
  [
    "  - |",
    `    objectName: ${secretName}`,
    "    objectType: secret",
    ...(file ? [`    objectAlias: ${file}`] : []),
    "",
  ].join("\n");

function classSpec(
  { tenantId, names }: AzureScope,
  className: string,
  { clientId }: Identity,
  entries: readonly VaultEntry[],
) {
  const kept = entries.filter(({ variable }) => variable);
  const data = kept.map(({ secretName }) => ({ objectName: secretName, key: secretName }));
  return {
    provider: "azure",
    parameters: {
      usePodIdentity: "false",
      clientID: clientId,
      keyvaultName: names.vault,
      tenantId,
      objects: `array:\n${entries.map(objectOf).join("")}`,
    },
    ...(kept.length > 0 && { secretObjects: [{ secretName: className, type: "Opaque", data }] }),
  };
}
