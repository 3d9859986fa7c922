import { certificateRequest, privateKey, selfSigned, signed } from "./values/certificates";

const newKey = () => `${privateKey({ algorithm: "ECDSA", ecdsaCurve: "P256" }).privateKeyPem}`;
const lasting = { validityPeriodHours: 24 };

/** A server's certificate and key, as PEM. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** A company that certifies its servers itself. */
export class Company {
  private readonly caPrivateKeyPem = newKey();
  /** What its servers are known by, as PEM. */
  readonly authority = `${
    selfSigned({
      privateKeyPem: this.caPrivateKeyPem,
      subject: { commonName: "Example company authority" },
      ...lasting,
    }).certPem
  }`;

  /** A certificate for the server of a host. */
  certify(host: string): Certified {
    const key = newKey();
    const asked = { privateKeyPem: key, subject: { commonName: host }, dnsNames: [host] };
    const { caPrivateKeyPem, authority } = this;
    const made = signed({
      ...certificateRequest(asked),
      caPrivateKeyPem,
      caCertPem: authority,
      ...lasting,
    });
    return { cert: `${made.certPem}`, key };
  }
}
