import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { addresses, at, context, kubeconfig, server } from "./addresses";
import { run } from "./shell";

const days = "365";

/** The path of a certificate or key: `pki/<name>.crt`. */
export const pki = (file: string) => at("pki", file);

/** Who the parts of a cluster are to the API server: the certificate's name, and its group. */
const people = {
  admin: "/O=system:masters/CN=ecluse",
  "kubelet-client": "/O=system:masters/CN=kube-apiserver-kubelet-client",
  controllers: "/CN=system:kube-controller-manager",
  scheduler: "/CN=system:kube-scheduler",
  proxy: "/CN=system:kube-proxy",
  policies: "/CN=kube-router",
  kubelet: "/O=system:nodes/CN=system:node:n1",
  "api-server": "/CN=kube-apiserver",
} as const;

type Name = keyof typeof people;

/** The names under which servers are called. */
const serverNames: Partial<Record<Name, string>> = {
  kubelet: `IP:${addresses.node},DNS:n1`,
  "api-server": [
    ...["", ".default", ".default.svc", ".default.svc.cluster.local"].map((end) => `DNS:kubernetes${end}`),
    `IP:${addresses.api}`,
    `IP:${addresses.node}`,
  ].join(),
};

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", days];

async function makeAuthority(): Promise<void> {
  const made = ["-keyout", pki("ca.key"), "-out", pki("ca.crt"), "-subj", "/CN=ecluse-cluster"];
  await run("openssl", ["req", "-x509", ...newKey, ...made]);
}

async function makeCertificate(name: Name): Promise<void> {
  const names = serverNames[name];
  const use = `extendedKeyUsage=clientAuth${names ? ",serverAuth" : ""}`;
  const extensions = [use, ...(names ? [`subjectAltName=${names}`] : [])].flatMap((one) => ["-addext", one]);
  const signed = ["-CA", pki("ca.crt"), "-CAkey", pki("ca.key"), "-subj", people[name]];
  const made = ["-keyout", pki(`${name}.key`), "-out", pki(`${name}.crt`)];
  await run("openssl", ["req", "-x509", ...newKey, ...signed, ...extensions, ...made]);
}

/** The key that signs the tokens of ServiceAccounts. */
function makeAccountKey(): void {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  writeFileSync(pki("accounts.key"), privateKey, { mode: 0o600 });
  writeFileSync(pki("accounts.pub"), publicKey);
}

/** A kubeconfig that holds what it needs, for one of the cluster's parts or for its administrator. */
function kubeconfigOf(name: Name): string {
  const data = (file: string) => readFileSync(pki(file)).toString("base64");
  const user = { "client-certificate-data": data(`${name}.crt`), "client-key-data": data(`${name}.key`) };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: context, cluster: { server, "certificate-authority-data": data("ca.crt") } }],
    users: [{ name, user }],
    contexts: [{ name: context, context: { cluster: context, user: name } }],
    "current-context": context,
  });
}

/** Makes the authority, a certificate and a kubeconfig for each part, and the administrator's own. */
export async function makeCertificates(): Promise<void> {
  if (existsSync(kubeconfig)) return;
  mkdirSync(at("pki"), { recursive: true, mode: 0o700 });
  await makeAuthority();
  await Promise.all((Object.keys(people) as Name[]).map(makeCertificate));
  makeAccountKey();
  for (const name of ["controllers", "scheduler", "proxy", "policies", "kubelet"] as const)
    writeFileSync(pki(`${name}.yaml`), kubeconfigOf(name), { mode: 0o600 });
  writeFileSync(kubeconfig, kubeconfigOf("admin"), { mode: 0o600 });
}
