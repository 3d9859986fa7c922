import { X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { hashedName } from "../../../components/kubernetes/authority";
import { certificateRequest, privateKey, selfSigned, signed, subjectHash } from "./certificates";

const ecdsa = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const name = "objects.dev-data.svc.cluster.local";

it("makes certificates as the provider tls does: by an authority that pods find by its subject's hash", () => {
  const { privateKeyPem: caPrivateKeyPem } = privateKey(ecdsa);
  const authority = {
    privateKeyPem: `${caPrivateKeyPem}`,
    subject: { commonName: "Ecluse environment authority" },
    validityPeriodHours: 24,
  };
  const { certPem: caCertPem } = selfSigned(authority);
  const { privateKeyPem } = privateKey(ecdsa);
  const asked = {
    privateKeyPem: `${privateKeyPem}`,
    subject: { commonName: "objects" },
    dnsNames: ["objects", name],
  };
  const request = certificateRequest(asked);
  const { certPem } = signed({
    ...request,
    caPrivateKeyPem: `${caPrivateKeyPem}`,
    caCertPem: `${caCertPem}`,
    validityPeriodHours: 24,
  });
  const [ca, server] = [caCertPem, certPem].map((pem) => new X509Certificate(`${pem}`)) as [
    X509Certificate,
    X509Certificate,
  ];
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.checkHost(name)).toBe(name);
  expect([ca.ca, server.ca]).toEqual([true, false]);
  expect(`${subjectHash(`${caCertPem}`)}.0`).toBe(hashedName);
});

it("refuses a key that the stacks do not ask for", () => {
  expect(() => privateKey({ algorithm: "RSA" })).toThrow("bring test/node/values up to date");
});
