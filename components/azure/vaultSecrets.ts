import * as keyvault from "@pulumi/azure-native/keyvault";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { emptyAccess, secretVariable } from "../kubernetes/access";
import type { Pod, PodAccess, PodScope, Renewal, SecretKey, SecretStore } from "../kubernetes/foundation";
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
  /** Of the object that names the secrets, after the pod's role; `name` where it is not set. */
  readonly className?: string;
  readonly folder: string;
  readonly entries: readonly VaultEntry[];
}

/**
 * Secrets that are stored in Key Vault and mounted by the CSI driver under the pod's own identity; no pod may read
 * another's.
 */
export class VaultSecrets extends pulumi.ComponentResource implements SecretStore {
  private readonly scope: AzureScope;
  private readonly halfYear = halfYearOf(new Date());
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
  values(
    pod: Pod,
    name: string,
    values: Readonly<Record<string, pulumi.Output<string>>>,
    renewal: Renewal = "by the stack",
  ): PodAccess {
    const entries = Object.entries(values).map(([variable, value]) => {
      const entry = `${name}-${resourceNameOf(variable)}`;
      return { variable, ...this.keep(pod, entry, value, renewal) };
    });
    // Variables are read at a pod's start: under another name, pods start again for the values of a new half-year.
    const className = renewal === "by hand" ? name : `${name}-${this.halfYear.name}`;
    return this.mount(pod, { name, className, folder: folderOf(name), entries });
  }

  /** Keeps a token in the vault, which the driver writes again when it is renewed. */
  file(pod: Pod, folder: string, token: pulumi.Output<string>): PodAccess {
    const entries = [{ file: "token", ...this.keep(pod, "token", token, "by the stack") }];
    return this.mount(pod, { name: "token", folder, entries });
  }

  /** A secret of the vault that somebody else keeps. */
  existing(pod: Pod, variable: string, { key: secretName }: SecretKey): PodAccess {
    const secretId = pulumi.interpolate`${this.args.vault.id}/secrets/${secretName}`;
    const role = this.mayRead(pod, secretName, secretId);
    const name = secretName.toLowerCase();
    return this.mount(pod, { name, folder: folderOf(name), entries: [{ variable, secretName, role }] });
  }

  /** A random secret of so many bytes, in hex; another one from the first `up` of each half-year on. */
  random(name: string, bytes: number): pulumi.Output<string> {
    const args = { length: bytes, keepers: { halfYear: this.halfYear.name } };
    return new random.RandomBytes(name, args, { parent: this, provider: this.args.generator }).hex;
  }

  private keep(pod: Pod, entry: string, value: pulumi.Output<string>, renewal: Renewal) {
    const secretName = `${this.args.identities.of(pod).use}-${entry}`;
    const { vault } = this.args;
    const due = renewal === "by the stack" ? this.halfYear.due : undefined;
    const secret = keepSecret(`${pod.name}-${entry}`, { vault, secretName, value, due }, this.scope);
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
    const className = `${pod.role}-${mount.className ?? name}`;
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

/**
 * The half-year of a moment, such as `2026h2`, and when what was made in it is due for renewal, in seconds since 1970:
 * a few days before the next one ends, so that each `up` in either leaves half a year at least, and never over a year.
 */
export function halfYearOf(moment: Date): { readonly name: string; readonly due: number } {
  const [year, half] = [moment.getUTCFullYear(), moment.getUTCMonth() < 6 ? 1 : 2];
  const afterNext = Date.UTC(year + 1, half === 1 ? 0 : 6) / 1000;
  return { name: `${year}h${half}`, due: afterNext - 5 * day };
}

interface KeptSecret {
  readonly vault: Pick<Vault, "vaultName">;
  readonly secretName: string;
  readonly value: pulumi.Output<string>;
  /** Seconds since 1970; a year after it was made, where somebody renews it by hand. */
  readonly due: number | undefined;
}

function keepSecret(name: string, { vault, secretName, value, due }: KeptSecret, scope: AzureScope) {
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
        attributes: { enabled: true, expires: due ?? today + 365 * day },
      },
      tags: scope.tags,
    },
    // Says when a new value is due; reading it goes on.
    { ...scope.options, ...(due === undefined && { ignoreChanges: ["properties.attributes.expires"] }) },
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
