import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { emptyAccess, mounted, variables } from "./access";
import type { Pod, PodAccess, PodPlace, PodScope, ServerAuthority } from "./foundation";

const folder = "/var/run/ecluse/tls";

/** What a server of the platform needs to speak TLS; nothing where it speaks plain HTTP. */
export interface ServerTls {
  readonly on: boolean;
  readonly access: PodAccess;
  /** Folder with `tls.crt` and `tls.key`. */
  readonly folder?: string;
  /** Digest of the certificate, which is read at the start: a renewed one restarts the pod. */
  readonly reads?: pulumi.Output<string>;
}

/** Name of the Secret with a server's certificate, and with the authority's. */
export const certificateName = ({ role }: PodPlace) => `${role}-tls`;

/** A certificate of the environment's authority for a server's Service, where the scope has an authority. */
export function serverTls({ authority }: PodScope, pod: Pod): ServerTls {
  if (!authority) return { on: false, access: emptyAccess };
  const owner = pod.useCase ? `${pod.useCase}-${pod.role}` : pod.role;
  const { secret, certificate } = authority.serverCertificate(pod.role, pod.namespace, owner);
  const files = mounted("tls", folder, certificateFiles(pod));
  return { on: true, folder, access: { ...files, dependsOn: [secret] }, reads: digestOf(certificate) };
}

/** The volume of a server's certificate and key, for its own user alone. */
export const certificateFiles = (pod: PodPlace) => ({
  secret: { secretName: certificateName(pod), defaultMode: 0o440 },
});

/** A digest of what a process reads at its start only. */
export const digestOf = (...read: pulumi.Input<string>[]): pulumi.Output<string> =>
  pulumi.all(read).apply((texts) => createHash("sha256").update(texts.join("\n")).digest("hex"));

/**
 * By what a pod knows the environment's servers: their authority, and no other. MLflow's variable names its file; the
 * platform's own clients read it too.
 */
export const serverTrust = ({ authority }: PodScope, namespace: string): PodAccess =>
  authority
    ? trustBy(authority, namespace, { MLFLOW_TRACKING_SERVER_CERT_PATH: `${authority.folder}/ca.crt` })
    : emptyAccess;

/** As {@link serverTrust}, for a program that finds authorities where OpenSSL and Go look for them. */
export const trustBeside = ({ authority }: PodScope, namespace: string): PodAccess =>
  authority ? trustBy(authority, namespace, { SSL_CERT_DIR: authority.folder }) : emptyAccess;

/** An authority's certificate in a pod, and the variables by which its programs find that. */
export const trustBy = (
  authority: ServerAuthority,
  namespace: string,
  values: Readonly<Record<string, string>>,
): PodAccess => ({ ...authority.trust(namespace), env: variables(values).env });
