import { createPublicKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import type { Properties } from "../protocol/properties";
import { completion, type Kept } from "./completion";
import { placeholders } from "./placeholders";

const nothing: Kept = { generated: {}, chosen: {} };
const start = (kept: Kept = nothing) => completion(placeholders("0000"), kept);

/** What a program asks of the providers, for one authority and one server. */
function ask({ fill }: ReturnType<typeof start>, changes: { names?: string[]; early?: number } = {}) {
  const outputs = (type: string, name: string, inputs: Properties) =>
    fill.resource(`tls:index/${type}`, name, inputs).outputs;
  const key = outputs("privateKey:PrivateKey", "ca", {});
  const ca = outputs("selfSignedCert:SelfSignedCert", "ca", {
    privateKeyPem: key.privateKeyPem ?? null,
    subject: { commonName: "Ecluse environment authority" },
    validityPeriodHours: 87_660,
    earlyRenewalHours: 8766,
  });
  const own = outputs("privateKey:PrivateKey", "server", {});
  const request = outputs("certRequest:CertRequest", "server", {
    privateKeyPem: own.privateKeyPem ?? null,
    subject: { commonName: "objects" },
    dnsNames: changes.names ?? ["objects", "objects.dev-data"],
  });
  const server = outputs("locallySignedCert:LocallySignedCert", "server", {
    certRequestPem: request.certRequestPem ?? null,
    caPrivateKeyPem: key.privateKeyPem ?? null,
    caCertPem: ca.certPem ?? null,
    validityPeriodHours: 17_532,
    earlyRenewalHours: changes.early ?? 8766,
  });
  const bytes = fill.resource("random:index/randomBytes:RandomBytes", "password", { length: 16 }).outputs;
  return { ca: String(ca.certPem), server: String(server.certPem), hex: String(bytes.hex), request, own };
}

test("certificates are the authority's, for the key and the names that were asked for; no request holds a key", () => {
  const { ca, server, own, request } = ask(start());
  const [authority, read] = [new X509Certificate(ca), new X509Certificate(server)];
  expect(read.checkIssued(authority) && read.verify(authority.publicKey)).toBe(true);
  expect(read.subjectAltName).toBe("DNS:objects, DNS:objects.dev-data");
  expect(createPublicKey(String(own.privateKeyPemPkcs8)).equals(read.publicKey)).toBe(true);
  expect(JSON.stringify(request)).not.toContain("PRIVATE");
});

test("secrets are random, of their length, unlike those of another folder, and no placeholder", () => {
  const made = start();
  const { hex } = ask(made);
  expect(hex).toMatch(/^[0-9a-f]{32}$/);
  expect(ask(start()).hex).not.toBe(hex);
  expect(made.made).toEqual([]);
});

test("a second run keeps all of them", () => {
  const first = start();
  const values = ask(first);
  const second = start({ ...nothing, generated: first.generated });
  expect(ask(second)).toEqual(values);
  expect(second.generated).toEqual(first.generated);
});

test("a certificate is made again where its names changed, or when it ends soon; its authority stays", () => {
  const first = start();
  const { ca, server } = ask(first);
  for (const change of [{ names: ["objects"] }, { early: 17_533 }]) {
    const again = ask(start({ ...nothing, generated: first.generated }), change);
    expect(again.ca).toBe(ca);
    expect(again.server).not.toBe(server);
  }
});

test("what only a person has stays a placeholder until it is chosen", () => {
  const type = "gitlab:index/userRunner:UserRunner";
  const open = start();
  const token = open.fill.resource(type, "runner", {}).outputs.token;
  expect(open.made.map(({ property }) => property)).toEqual(["id", "token"]);
  expect(token).toMatch(/^placeholder-/);
  const filled = start({ ...nothing, chosen: { [`${type} runner token`]: "glrt-mine" } });
  expect(filled.fill.resource(type, "runner", {}).outputs.token).toBe("glrt-mine");
  expect(filled.made.map(({ property }) => property)).toEqual(["id"]);
});
