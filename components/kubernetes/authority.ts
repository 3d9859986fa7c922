import { createHash } from "node:crypto";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { emptyAccess } from "./access";
import type { PodAccess, PodScope, ServerAuthority } from "./foundation";

const HOURS_A_YEAR = 8766;
const folder = "/var/run/ecluse/authority";

/** Name of the ConfigMap with the authority's certificate, in each namespace that trusts it. */
export const authorityMap = "authority";

/** Subject of the authority; {@link hashedName} follows from it. */
export const authorityName = "Ecluse environment authority";

/**
 * How OpenSSL and rustls find an authority in a folder: the hash of its subject (`openssl x509 -subject_hash`), and a
 * number. So `SSL_CERT_DIR` can name this authority, and `SSL_CERT_FILE` the public ones beside it.
 */
export const hashedName = `${subjectHash(authorityName)}.0`;

function subjectHash(commonName: string): string {
  const der = (tag: number, content: Buffer) => Buffer.concat([Buffer.from([tag, content.length]), content]);
  const oid = Buffer.from([0x06, 0x03, 0x55, 0x04, 0x03]);
  const value = der(0x0c, Buffer.from(commonName.toLowerCase()));
  const names = der(0x31, der(0x30, Buffer.concat([oid, value])));
  return createHash("sha1").update(names).digest().readUInt32LE(0).toString(16).padStart(8, "0");
}

/**
 * An environment's own certificate authority, for its servers inside of the cluster. TLS there is not left to the
 * network: data and passwords cross nodes, and a policy that a CNI does not enforce protects nothing. Any update in the
 * year before a certificate ends renews it.
 */
export class Authority extends pulumi.ComponentResource implements ServerAuthority {
  /** Its certificate, PEM. */
  readonly certificate: pulumi.Output<string>;
  /** Folder in a pod that `trust` was given to: `ca.crt`, and the same as {@link hashedName}. */
  readonly folder = folder;
  private readonly options: PodScope["options"];
  private readonly tlsOptions: pulumi.CustomResourceOptions;
  private readonly key: tls.PrivateKey;
  private readonly trusted = new Map<string, core.ConfigMap>();

  constructor(
    private readonly name: string,
    args: Pick<PodScope, "options">,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ecluse:kubernetes:Authority", name, {}, opts);
    this.options = { ...args.options, parent: this };
    const provider = new tls.Provider(`${name}-tls`, {}, { parent: this });
    this.tlsOptions = { parent: this, provider };
    this.key = privateKey(name, this.tlsOptions);
    this.certificate = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: this.key.privateKeyPem,
        subject: { commonName: authorityName },
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: 10 * HOURS_A_YEAR,
        earlyRenewalHours: HOURS_A_YEAR,
      },
      this.tlsOptions,
    ).certPem;
    this.registerOutputs({ certificate: this.certificate });
  }

  /**
   * A certificate for a Service, as Secret `<service>-tls` with `tls.crt`, `tls.key` and `ca.crt`. Its resources are
   * named by `owner`, where several namespaces have a Service of the name.
   */
  serverCertificate(service: string, namespace: string, owner = service) {
    const { certPem, privateKeyPem } = this.signed(service, namespace, owner);
    const secret = new core.Secret(
      `${this.name}-${owner}`,
      {
        metadata: { name: `${service}-tls`, namespace, labels: { "cnpg.io/reload": "true" } },
        type: "kubernetes.io/tls",
        stringData: { "tls.crt": certPem, "tls.key": privateKeyPem, "ca.crt": this.certificate },
      },
      this.options,
    );
    return { secret, certificate: certPem };
  }

  /** What a pod needs to find the authority's certificate. */
  trust(namespace: string): PodAccess {
    const known = this.trusted.get(namespace) ?? this.trustMap(namespace);
    this.trusted.set(namespace, known);
    return {
      ...emptyAccess,
      volumes: [{ name: "authority", configMap: { name: authorityMap } }],
      mounts: [{ name: "authority", mountPath: folder, readOnly: true }],
      dependsOn: [known],
    };
  }

  private signed(service: string, namespace: string, owner: string) {
    const name = `${this.name}-${owner}`;
    const { privateKeyPem, privateKeyPemPkcs8 } = privateKey(name, this.tlsOptions);
    const host = `${service}.${namespace}`;
    const dnsNames = [service, host, `${host}.svc`, `${host}.svc.cluster.local`];
    const subject = { commonName: service };
    const request = new tls.CertRequest(name, { privateKeyPem, subject, dnsNames }, this.tlsOptions);
    const { certPem } = new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.key.privateKeyPem,
        caCertPem: this.certificate,
        allowedUses: ["server_auth", "digital_signature"],
        validityPeriodHours: 2 * HOURS_A_YEAR,
        earlyRenewalHours: HOURS_A_YEAR,
      },
      this.tlsOptions,
    );
    return { certPem, privateKeyPem: privateKeyPemPkcs8 };
  }

  private trustMap(namespace: string): core.ConfigMap {
    const data = { "ca.crt": this.certificate, [hashedName]: this.certificate };
    return new core.ConfigMap(
      `${namespace}-authority`,
      { metadata: { name: authorityMap, namespace }, data },
      this.options,
    );
  }
}

const privateKey = (name: string, opts: pulumi.CustomResourceOptions) =>
  new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
