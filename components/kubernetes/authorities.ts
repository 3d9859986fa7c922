import { createHash } from "node:crypto";
import * as core from "@pulumi/kubernetes/core/v1";
import type { AuthoritySettings, ClusterSettings } from "../settings";
import { emptyAccess, mergeAccess } from "./access";
import type { PodAccess, PodScope } from "./foundation";

const folder = "/var/run/ecluse/authorities";

/** The file of the authorities that a pod trusts, where the settings name them. */
export const authoritiesFile = `${folder}/ca-bundle.crt`;

/** By these Go and OpenSSL, `requests` and pip, git and Node find the authorities that they trust. */
const names = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS"];

const toFile = (name: string) => ({ name, value: authoritiesFile });

/** A name for this text alone: another makes other pods, since most programs read it at their start. */
const nameOf = (pem: string) => `authorities-${createHash("sha256").update(pem).digest("hex").slice(0, 10)}`;

/** One file, in the place of the image's own. Its ConfigMap is made once for a namespace, or somebody else keeps it. */
function authorities(
  { pem, configMap, key }: AuthoritySettings,
  options: PodScope["options"],
): (namespace: string) => PodAccess {
  const name = configMap ?? nameOf(pem ?? "");
  const made = new Map<string, core.ConfigMap>();
  const keep = (namespace: string, text: string) => {
    const metadata = { name, namespace };
    const known =
      made.get(namespace) ??
      new core.ConfigMap(`${namespace}-authorities`, { metadata, data: { [key]: text } }, options);
    made.set(namespace, known);
    return [known];
  };
  return (namespace) => ({
    ...emptyAccess,
    env: names.map(toFile),
    volumes: [{ name: "authorities", configMap: { name, items: [{ key, path: "ca-bundle.crt" }] } }],
    mounts: [{ name: "authorities", mountPath: folder, readOnly: true }],
    dependsOn: pem ? keep(namespace, pem) : [],
  });
}

/** Part of a scope: what its pods need to trust the authorities of the settings; empty where they name none. */
export const trustOf = (
  { authorities: named }: Pick<ClusterSettings, "authorities">,
  options: PodScope["options"],
): Pick<PodScope, "authorities"> => (named ? { authorities: authorities(named, options) } : {});

/**
 * All that a pod is given, and the authorities that it trusts. They take the place of the image's own; of an object
 * store that has its own authority they do not.
 */
export function trusting(
  { authorities: of }: PodScope,
  namespace: string,
  access: readonly PodAccess[],
): PodAccess {
  if (!of) return mergeAccess(access);
  return mergeAccess([{ ...emptyAccess, env: [toFile("AWS_CA_BUNDLE")] }, ...access, of(namespace)]);
}
