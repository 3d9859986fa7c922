import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { emptyAccess, secretVariable } from "./access";
import type { Pod, PodAccess, PodScope, SecretKey, SecretStore } from "./foundation";

/** A Secret of the cluster with these values. */
export const keepSecret = (
  logicalName: string,
  metadata: { readonly name: string; readonly namespace: string },
  values: Readonly<Record<string, pulumi.Input<string>>>,
  options: PodScope["options"],
): core.Secret => {
  const stringData = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]),
  );
  return new core.Secret(logicalName, { metadata, type: "Opaque", immutable: false, stringData }, options);
};

/** Secrets of pods as Secrets of the cluster, in the namespace of each pod. */
export class ClusterSecrets extends pulumi.ComponentResource implements SecretStore {
  private readonly options: PodScope["options"];
  private readonly generator: random.Provider;

  constructor(name: string, args: Pick<PodScope, "options">, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:ClusterSecrets", name, {}, opts);
    this.options = { ...args.options, parent: this };
    this.generator = new random.Provider(`${name}-random`, {}, { parent: this });
    this.registerOutputs({});
  }

  /** Keeps values in a Secret; the pod's environment refers to its keys. */
  values(
    { namespace }: Pod,
    name: string,
    values: Readonly<Record<string, pulumi.Output<string>>>,
  ): PodAccess {
    const secret = keepSecret(`${namespace}-${name}`, { name, namespace }, values, this.options);
    const env = Object.keys(values).map((key) => secretVariable(key, name, key));
    return { ...emptyAccess, env, dependsOn: [secret] };
  }

  /** Keeps tokens in a Secret that is mounted, and so follows its object: a renewed token reaches the pod. */
  files(pod: Pod, folder: string, tokens: Readonly<Record<string, pulumi.Output<string>>>): PodAccess {
    const secretName = `${pod.role}-token`;
    const metadata = { name: secretName, namespace: pod.namespace };
    const secret = keepSecret(`${pod.name}-token`, metadata, tokens, this.options);
    const items = Object.keys(tokens).map((key) => ({ key, path: key }));
    return {
      ...emptyAccess,
      volumes: [{ name: "token", secret: { secretName, items, defaultMode: 0o440 } }],
      mounts: [{ name: "token", mountPath: folder, readOnly: true }],
      dependsOn: [secret],
    };
  }

  /** A key of a Secret that somebody else keeps in the pod's namespace. */
  existing(_pod: Pod, variable: string, { secret, key }: SecretKey): PodAccess {
    return { ...emptyAccess, env: [secretVariable(variable, secret, key)] };
  }

  /** A random secret of so many bytes, in hex. */
  random(name: string, bytes: number): pulumi.Output<string> {
    return new random.RandomBytes(name, { length: bytes }, { parent: this, provider: this.generator }).hex;
  }
}
