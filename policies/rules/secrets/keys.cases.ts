import type { Properties } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";

const tls = (kind: string, inputs: Properties): Sketch => {
  const type = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
  return { type: `tls:index/${type}:${kind}`, inputs };
};
const random = (type: string, inputs: Properties): Sketch => ({ type: `random:index/${type}`, inputs });
const life = { validityPeriodHours: 8766, earlyRenewalHours: 24 };
const signed = (more: Properties) =>
  tls("LocallySignedCert", { allowedUses: ["server_auth"], ...life, ...more });
const key = (more: Properties, lasts = "P1Y"): Properties => ({
  properties: {
    kty: "RSA",
    keySize: 3072,
    keyOps: ["wrapKey", "unwrapKey"],
    rotationPolicy: { lifetimeActions: [{ trigger: { timeAfterCreate: lasts } }] },
    ...more,
  },
});

/** Cases of the rules on keys, made here or in a vault. */
export const keyCases: Cases = {
  "SEC-07": {
    pass: { algorithm: "ECDSA", ecdsaCurve: "P256" },
    fail: [
      { algorithm: "ECDSA", ecdsaCurve: "P224" },
      { algorithm: "RSA", rsaBits: 2048 },
      { algorithm: "RSA" },
      random("randomBytes:RandomBytes", { length: 8 }),
      random("randomPassword:RandomPassword", { length: 12 }),
    ],
  },
  "SEC-08": {
    pass: signed({}),
    fail: [
      signed({ isCaCertificate: true }),
      signed({ allowedUses: ["server_auth", "cert_signing"] }),
      signed({ allowedUses: [] }),
      signed({ validityPeriodHours: 100_000 }),
      signed({ earlyRenewalHours: 0 }),
      tls("SelfSignedCert", { ...life, validityPeriodHours: 500_000 }),
      tls("SelfSignedCert", { ...life, allowedUses: ["server_auth"] }),
      tls("CertRequest", { dnsNames: ["*.prod-platform"] }),
      tls("CertRequest", { dnsNames: [] }),
    ],
  },
  "KV-10": {
    pass: key({}),
    fail: [
      key({ attributes: { exportable: true } }),
      key({ attributes: { enabled: false } }),
      key({ keySize: 2048 }),
      key({ kty: "oct" }),
      key({ keyOps: ["wrapKey", "sign"] }),
      key({ keyOps: [] }),
      key({}, "P10Y"),
      key({}, "P700D"),
    ],
  },
};
