import { createHash } from "node:crypto";
import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Foundation, PodAccess } from "./foundation";

const HOURS_A_YEAR = 8766;
const folder = "/var/run/ecluse/authority";

/** Subject of the authority; {@link hashedName} follows from it. */
export const authorityName = "Ecluse environment authority";

/**
 * How OpenSSL and rustls find an authority in a folder: the hash of its subject (`openssl x509 -subject_hash`), and a number. So
 * `SSL_CERT_DIR` can name this authority, and `SSL_CERT_FILE` the public ones beside it.
 */
export const hashedName = `${subjectHash(authorityName)}.0`;

function subjectHash(commonName: string): string {
  const der = (tag: number, content: Buffer) => Buffer.concat([Buffer.from([tag, content.length]), content]);
  const oid = Buffer.from([0x06, 0x03, 0x55, 0x04, 0x03]);
  const value = der(0x0c, Buffer.from(commonName.toLowerCase()));
  const names = der(0x31, der(0x30, Buffer.concat([oid, value])));
  return createHash("sha1").update(names).digest().readUInt32LE(0).toString(16).padStart(8, "0");
}

/** An environment's own certificate authority, for its servers inside of the cluster. */
export interface Authority {
  /** Its certificate, PEM. */
  readonly certificate: pulumi.Output<string>;
  /** Folder in a pod that `trust` was given to: `ca.crt`, and the same as {@link hashedName}. */
  readonly folder: string;
  /** A certificate for a Service, as Secret `<service>-tls` with `tls.crt`, `tls.key` and `ca.crt`. */
  serverCertificate(
    service: string,
    namespace: string,
  ): { secret: core.Secret; certificate: pulumi.Output<string> };
  /** What a pod needs to find its certificate. */
  trust(namespace: string): PodAccess;
}

const key = (name: string, opts: pulumi.CustomResourceOptions) =>
  new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);

/**
 * Makes the authority. TLS inside of the cluster is not left to the network: data and passwords cross nodes, and a policy that a CNI
 * does not enforce protects nothing. Any update in the year before a certificate ends renews it.
 */
export function authority({ options }: Pick<Foundation, "options">): Authority {
  const provider = new tls.Provider("authority-tls", {}, { parent: options.parent });
  const own = { parent: options.parent, provider };
  const caKey = key("authority", own);
  const ca = new tls.SelfSignedCert(
    "authority",
    {
      privateKeyPem: caKey.privateKeyPem,
      subject: { commonName: authorityName },
      isCaCertificate: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: 10 * HOURS_A_YEAR,
      earlyRenewalHours: HOURS_A_YEAR,
    },
    own,
  );
  const trusted = new Map<string, core.ConfigMap>();
  return {
    certificate: ca.certPem,
    folder,
    serverCertificate: (service, namespace) => {
      const { certPem, privateKeyPem } = serverPair(service, namespace, { caKey, ca }, own);
      const secret = new core.Secret(
        `${service}-tls`,
        {
          metadata: { name: `${service}-tls`, namespace, labels: { "cnpg.io/reload": "true" } },
          type: "kubernetes.io/tls",
          stringData: { "tls.crt": certPem, "tls.key": privateKeyPem, "ca.crt": ca.certPem },
        },
        options,
      );
      return { secret, certificate: certPem };
    },
    trust: (namespace) => {
      const held = trusted.get(namespace) ?? trustMap(namespace, ca.certPem, options);
      trusted.set(namespace, held);
      return trustAccess(held);
    },
  };
}

function serverPair(
  service: string,
  namespace: string,
  { caKey, ca }: { caKey: tls.PrivateKey; ca: tls.SelfSignedCert },
  opts: pulumi.CustomResourceOptions,
) {
  const name = `${service}-certificate`;
  const { privateKeyPem, privateKeyPemPkcs8 } = key(name, opts);
  const host = `${service}.${namespace}`;
  const dnsNames = [service, host, `${host}.svc`, `${host}.svc.cluster.local`];
  const subject = { commonName: service };
  const request = new tls.CertRequest(name, { privateKeyPem, subject, dnsNames }, opts);
  const { certPem } = new tls.LocallySignedCert(
    name,
    {
      certRequestPem: request.certRequestPem,
      caPrivateKeyPem: caKey.privateKeyPem,
      caCertPem: ca.certPem,
      allowedUses: ["server_auth", "digital_signature"],
      validityPeriodHours: 2 * HOURS_A_YEAR,
      earlyRenewalHours: HOURS_A_YEAR,
    },
    opts,
  );
  return { certPem, privateKeyPem: privateKeyPemPkcs8 };
}

const trustMap = (
  namespace: string,
  certificate: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
) =>
  new core.ConfigMap(
    `${namespace}-authority`,
    {
      metadata: { name: "authority", namespace },
      data: { "ca.crt": certificate, [hashedName]: certificate },
    },
    opts,
  );

const trustAccess = (held: core.ConfigMap): PodAccess => ({
  env: [],
  volumes: [{ name: "authority", configMap: { name: "authority" } }],
  mounts: [{ name: "authority", mountPath: folder, readOnly: true }],
  egress: [],
  dependsOn: [held],
});
