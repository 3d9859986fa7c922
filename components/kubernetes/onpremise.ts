import * as core from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { imagesOf } from "../docker";
import { gitlabForge } from "../gitlab/environment";
import type { ClusterSettings, EnvironmentSettings, KubernetesSettings } from "../settings";
import { logicalName } from "./account";
import { clusterIssuer } from "./apiServer";
import { cnpgDatabase } from "./cnpg";
import type { Foundation, Pod } from "./foundation";
import { objectStore } from "./objects";
import { authority } from "./onpremiseAuthority";
import { byReference, noAccess } from "./onpremiseGround";
import { refuseMetadata } from "./policy";

/** Settings of an environment on the team's own cluster, all that it needs being there. */
export interface OnPremiseSettings {
  readonly settings: EnvironmentSettings;
  readonly cluster: ClusterSettings & { readonly imageRegistry: string };
  readonly kubernetes: KubernetesSettings;
}

/** Checks that the settings have what a team's own cluster needs. Throws RunError with the key and the fix. */
export function onPremiseSettings(settings: EnvironmentSettings): OnPremiseSettings {
  const { cluster, kubernetes } = settings;
  const missing = (key: string, fix: string) => new pulumi.RunError(`ecluse:${key} is not set: ${fix}`);
  if (!kubernetes) throw missing("kubernetes", "name the context and the object store of your cluster");
  if (!cluster) throw missing("cluster", "name the domain and the ingress of your cluster");
  const { imageRegistry } = cluster;
  if (!imageRegistry)
    throw missing("cluster.imageRegistry", "name the registry and path that the images were pushed to");
  refuseMetadata("ecluse:kubernetes.apiServerRange", kubernetes.apiServerRange);
  return { settings, cluster: { ...cluster, imageRegistry }, kubernetes };
}

/** The provider of the team's cluster: the operator's kubeconfig, and always a context by name. */
export const onPremiseProvider = ({ kubernetes }: OnPremiseSettings) =>
  new Provider("cluster", { context: kubernetes.context, enableServerSideApply: true });

function keptSecrets(options: Foundation["options"]): Foundation["secrets"] {
  return ({ namespace }, name, values) => {
    const stringData = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]),
    );
    const secret = new core.Secret(
      `${namespace}-${name}`,
      { metadata: { name, namespace }, type: "Opaque", immutable: false, stringData },
      options,
    );
    const env = Object.keys(values).map((key) => byReference(key, name, key));
    return { ...noAccess, env, dependsOn: [secret] };
  };
}

/** A projected Secret follows its object, so that a renewed token reaches the pod. */
function tokenFiles(options: Foundation["options"]): Foundation["tokenFile"] {
  return (pod, folder, token) => {
    const { role, namespace } = pod;
    const secret = new core.Secret(
      `${logicalName(pod)}-token`,
      {
        metadata: { name: `${role}-token`, namespace },
        type: "Opaque",
        immutable: false,
        stringData: { token: pulumi.secret(token) },
      },
      options,
    );
    const items = [{ key: "token", path: "token" }];
    return {
      ...noAccess,
      volumes: [{ name: "token", secret: { secretName: `${role}-token`, items, defaultMode: 0o440 } }],
      mounts: [{ name: "token", mountPath: folder, readOnly: true }],
      dependsOn: [secret],
    };
  };
}

/** The foundation of an environment on the team's own cluster; `options` name the provider, and the namespaces to wait for. */
export function onPremise(checked: OnPremiseSettings, options: Foundation["options"]): Foundation {
  const { settings, cluster, kubernetes } = checked;
  const generator = new random.Provider("random", {}, { parent: options.parent });
  // Some networks judge a connection before the Service's address is translated, and some after.
  const apiServer = [{ to: [{ ipBlock: { cidr: kubernetes.apiServerRange } }], ports: [443, 6443] }];
  const base = {
    settings,
    cluster,
    options,
    apiServer,
    ...clusterIssuer({ settings, options, apiServer }, kubernetes.serviceAccountIssuer),
    marks: () => ({ annotations: {}, labels: {} }),
    secrets: keptSecrets(options),
    tokenFile: tokenFiles(options),
    forge: gitlabForge(settings, options.parent),
    random: (name: string, bytes: number) =>
      new random.RandomBytes(name, { length: bytes }, { parent: options.parent, provider: generator }).hex,
    keptSecret: (_pod: Pod, variable: string, { secret, key }: { secret: string; key: string }) => ({
      ...noAccess,
      env: [byReference(variable, secret, key)],
    }),
    image: imagesOf(settings, cluster.imageRegistry, { parent: options.parent }),
  };
  const trust = authority(base);
  const store = objectStore({ ...base, kubernetes, authority: trust });
  return {
    ...base,
    store,
    database: cnpgDatabase({ ...base, kubernetes, authority: trust, backups: store.backups }),
  };
}
