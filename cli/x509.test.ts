import { execFileSync } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { hashedName } from "../components/kubernetes/authority";
import { projectRoot } from "../local/home";
import { certificate, type Issuer } from "./x509";

const newKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const issuer: Issuer = { commonName: "Ecluse environment authority", key: newKey() };
const authority = certificate({ commonName: issuer.commonName, hours: 24 * 365 * 40 }, issuer.key, issuer);
const names = ["objects", "objects.dev-data.svc.cluster.local"];
const key = newKey();
const server = certificate({ commonName: "objects", hours: 48, dnsNames: names }, key, issuer);

test("an authority is one, and says so in the words of X.509", () => {
  const read = new X509Certificate(authority);
  expect(read.ca).toBe(true);
  expect(read.subject).toBe("CN=Ecluse environment authority");
  expect(read.checkIssued(read) && read.verify(read.publicKey)).toBe(true);
  expect(new Date(read.validTo).getFullYear()).toBeGreaterThan(2060);
});

test("a server's certificate is the authority's, for its names alone, and with its own key", () => {
  const [read, from] = [new X509Certificate(server), new X509Certificate(authority)];
  expect(read.ca).toBe(false);
  expect(read.checkIssued(from) && read.verify(from.publicKey)).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(key.export({ type: "pkcs8", format: "pem" })))).toBe(true);
  for (const name of names) expect(read.checkHost(name)).toBe(name);
  expect(read.checkHost("database")).toBeUndefined();
  expect(new X509Certificate(server).serialNumber).not.toBe(
    new X509Certificate(certificate({ commonName: "objects", hours: 48, dnsNames: names }, key, issuer))
      .serialNumber,
  );
});

async function greeted(ca: string | readonly string[], servername: string): Promise<string> {
  const pem = String(key.export({ type: "pkcs8", format: "pem" }));
  const listening = createServer({ key: pem, cert: server, minVersion: "TLSv1.3" }, (socket) => socket.end());
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as AddressInfo;
  try {
    return await new Promise((resolve) => {
      const socket = connect({ host: "127.0.0.1", port, ca: [...ca], servername }, () => resolve("trusted"));
      socket.once("error", ({ message }) => resolve(message)).once("close", () => undefined);
    });
  } finally {
    listening.close();
  }
}

test("TLS takes it from who trusts the authority, by its names", async () => {
  expect(await greeted([authority], "objects")).toBe("trusted");
  expect(await greeted([authority], "database")).toMatch(/does not match certificate's altnames/);
  expect(await greeted(rootCertificates, "objects")).not.toBe("trusted");
});

const strict = `
import ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
serving.load_cert_chain(sys.argv[2])
to, back = ssl.MemoryBIO(), ssl.MemoryBIO()
client = context.wrap_bio(back, to, server_hostname="objects")
server = serving.wrap_bio(to, back, server_side=True)
for _ in range(3):
    for side in (client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pass
print(client.getpeercert()["subjectAltName"])
`;

test("OpenSSL verifies it strictly, as Python does from 3.13 on", () => {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-x509-"));
  const [ca, chain] = [join(folder, hashedName), join(folder, "server.pem")];
  writeFileSync(ca, authority);
  writeFileSync(chain, `${key.export({ type: "pkcs8", format: "pem" })}${server}`, { mode: 0o600 });
  const python = join(projectRoot, ".venv/bin/python");
  const said = execFileSync(python, ["-c", strict, ca, chain], { encoding: "utf8" });
  expect(said).toContain("objects.dev-data.svc.cluster.local");
  rmSync(folder, { recursive: true });
});
