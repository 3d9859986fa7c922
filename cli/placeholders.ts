import { createECDH, createHash, createPrivateKey, createPublicKey } from "node:crypto";
import type { Fill } from "../local/engine/offline";
import { containsUnknown, isObject, type Properties, type Value } from "../protocol/properties";

/** A value that only a cloud knows, made up for a preview, and the resource's property that will give the real one. */
export interface Placeholder {
  readonly value: string;
  readonly type: string;
  readonly name: string;
  readonly property: string;
}

type Outputs = (name: string, invent: Inventor, inputs: Properties) => Properties;

const objectOf = (value: Value | undefined): Properties => (isObject(value) ? value : {});

/** Ids on Azure by type, with inputs in braces; the last one is the resource's own name. */
const azureIds: Readonly<Record<string, string>> = {
  "containerregistry:Registry": "Microsoft.ContainerRegistry/registries/{registryName}",
  "containerservice:ManagedCluster": "Microsoft.ContainerService/managedClusters/{resourceName}",
  "dbforpostgresql:Server": "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}",
  "keyvault:Key": "Microsoft.KeyVault/vaults/{vaultName}/keys/{keyName}",
  "keyvault:Secret": "Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}",
  "keyvault:Vault": "Microsoft.KeyVault/vaults/{vaultName}",
  "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
  "network:PrivateEndpoint": "Microsoft.Network/privateEndpoints/{privateEndpointName}",
  "network:PublicIPAddress": "Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
  "network:Subnet": "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  "network:VirtualNetwork": "Microsoft.Network/virtualNetworks/{virtualNetworkName}",
  "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
  "privatedns:PrivateZone": "Microsoft.Network/privateDnsZones/{privateZoneName}",
  "storage:BlobContainer":
    "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}",
  "storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
};

/** Outputs that follow from a resource's name in Azure's public cloud, or that only Azure knows. */
const azureOutputs: Readonly<Record<string, Outputs>> = {
  "containerregistry:Registry": (name) => ({ loginServer: `${name}.azurecr.io` }),
  "containerservice:ManagedCluster": (_name, invent, { oidcIssuerProfile, location }) => ({
    oidcIssuerProfile: {
      ...objectOf(oidcIssuerProfile),
      issuerURL: `https://${location}.oic.prod-aks.azure.com/${invent.uuid("oidcIssuerProfile.issuerURL")}/`,
    },
  }),
  "dbforpostgresql:Server": (name) => ({ fullyQualifiedDomainName: `${name}.postgres.database.azure.com` }),
  "keyvault:Vault": (name, _invent, { properties }) => ({
    properties: { ...objectOf(properties), vaultUri: `https://${name}.vault.azure.net/` },
  }),
  "managedidentity:UserAssignedIdentity": (_name, invent) => ({
    clientId: invent.uuid("clientId"),
    principalId: invent.uuid("principalId"),
    tenantId: invent.uuid("tenantId"),
  }),
  "network:PublicIPAddress": (_name, invent) => ({ ipAddress: invent.address("ipAddress") }),
  "operationalinsights:Workspace": (_name, invent) => ({ customerId: invent.uuid("customerId") }),
  "storage:StorageAccount": (name) => ({
    primaryEndpoints: Object.fromEntries(
      ["blob", "dfs", "file", "queue", "table"].map((kind) => [
        kind,
        `https://${name}.${kind}.core.windows.net/`,
      ]),
    ),
  }),
};

const bytes: Outputs = (_name, invent, { length, byteLength }) =>
  invent.bytes(Number(length ?? byteLength), {
    hex: "hex",
    base64: "base64",
    b64Std: "base64",
    b64Url: "base64url",
  });

/** Outputs of the providers that make secrets, keys and tokens, and ids that objects name. */
const otherOutputs: Readonly<Record<string, Outputs>> = {
  "gitlab:index/projectAccessToken:ProjectAccessToken": (_name, invent) => ({
    token: invent.text("token", 24),
  }),
  "gitlab:index/userRunner:UserRunner": (_name, invent) => ({
    id: invent.text("id", 24),
    token: invent.text("token", 24),
  }),
  "random:index/randomBytes:RandomBytes": bytes,
  "random:index/randomId:RandomId": bytes,
  "random:index/randomPassword:RandomPassword": (_name, invent, { length }) => ({
    result: invent.text("result", Number(length)),
  }),
  "random:index/randomString:RandomString": (_name, invent, { length }) => ({
    result: invent.text("result", Number(length)),
  }),
  "random:index/randomUuid:RandomUuid": (_name, invent) => ({ result: invent.uuid("result") }),
  "tls:index/certRequest:CertRequest": (_name, invent) => ({
    certRequestPem: invent.certificate("certRequestPem"),
  }),
  "tls:index/locallySignedCert:LocallySignedCert": (_name, invent) => ({
    certPem: invent.certificate("certPem"),
  }),
  "tls:index/selfSignedCert:SelfSignedCert": (_name, invent) => ({ certPem: invent.certificate("certPem") }),
  "tls:index/privateKey:PrivateKey": (_name, invent) => {
    const { privateKey, publicKey } = invent.keyPair();
    return { privateKeyPem: privateKey, privateKeyPemPkcs8: privateKey, publicKeyPem: publicKey };
  },
};

/** Stands in for the providers in a preview, and lists the values that it has made up for that. */
export function placeholders(subscriptionId: string): { readonly fill: Fill; readonly made: Placeholder[] } {
  const made: Placeholder[] = [];
  const fill: Fill = {
    resource(type, name, inputs) {
      const note = (property: string, value: string) => {
        made.push({ value, type, name, property });
        return value;
      };
      const invent = inventor(`${type} ${name}`, note);
      const azure = type.startsWith("azure-native:") ? type.slice("azure-native:".length) : undefined;
      if (azure === undefined) {
        const { id = "", ...outputs } = otherOutputs[type]?.(name, invent, inputs) ?? {};
        return { id: String(id), outputs };
      }
      if (azure === "resources:ResourceGroup") return resourceGroup(subscriptionId, inputs);
      return azureResource(azure, subscriptionId, invent, inputs);
    },
    invoke: (token) => (token.startsWith(CREDENTIALS) ? credentials : undefined),
  };
  return { fill, made };
}

function resourceGroup(subscriptionId: string, { resourceGroupName: name = "" }: Properties) {
  return { id: `/subscriptions/${subscriptionId}/resourceGroups/${name}`, outputs: { name } };
}

function azureResource(type: string, subscriptionId: string, invent: Inventor, inputs: Properties) {
  const template = azureIds[type];
  const keys = [...(template ?? "").matchAll(/\{(\w+)\}/g)].map(([, key]) => key ?? "");
  const name = inputs[keys.at(-1) ?? ""];
  if (!template || typeof name !== "string" || containsUnknown(name)) return { id: "", outputs: {} };
  const path = template.replace(/\{(\w+)\}/g, (_all, key: string) => String(inputs[key]));
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${inputs.resourceGroupName}/providers/${path}`;
  const outputs = { name, ...azureOutputs[type]?.(name, invent, inputs) };
  return {
    id: containsUnknown([...keys, "resourceGroupName"].map((key) => inputs[key] ?? null)) ? "" : id,
    outputs,
  };
}

const CREDENTIALS = "azure-native:containerservice:listManagedClusterUserCredentials";

const kubeconfig = `apiVersion: v1
kind: Config
current-context: cluster
clusters: [{name: cluster, cluster: {server: "https://cluster.invalid:443"}}]
contexts: [{name: cluster, context: {cluster: cluster, user: user}}]
users: [{name: user, user: {}}]
`;

const credentials = { kubeconfigs: [{ name: "clusterUser", value: btoa(kubeconfig) }] };

/** Makes up values of one resource: the same in each preview, and unlike those of any other. */
interface Inventor {
  uuid(property: string): string;
  /** Text of a length. */
  text(property: string, length: number): string;
  /** Bytes of a number, in the encoding of each property. */
  bytes(count: number, properties: Readonly<Record<string, BufferEncoding>>): Record<string, string>;
  /** An address of the range that documentation is to use. */
  address(property: string): string;
  /** A PEM block in the place of a certificate. */
  certificate(property: string): string;
  keyPair(): { readonly privateKey: string; readonly publicKey: string };
}

/** The inventor of a resource, which `seed` names; `note` keeps each value with its property. */
function inventor(seed: string, note: (property: string, value: string) => string): Inventor {
  const hash = (property: string) => createHash("sha256").update(`${seed} ${property}`).digest("hex");
  return {
    uuid: (property) => note(property, uuid(hash(property))),
    text: (property, length) =>
      note(property, `placeholder-${hash(property)}`.repeat(4).slice(0, length || 24)),
    bytes(count, properties) {
      const value = Buffer.from(hash("bytes").repeat(Math.ceil(count / 32)), "hex").subarray(0, count);
      const encoded = Object.entries(properties).map(([property, encoding]) => {
        return [property, note(property, value.toString(encoding))] as const;
      });
      return Object.fromEntries(encoded);
    },
    address: (property) => note(property, `192.0.2.${Number.parseInt(hash(property).slice(0, 2), 16)}`),
    certificate: (property) =>
      note(property, `-----BEGIN CERTIFICATE-----\n${btoa(hash(property))}\n-----END CERTIFICATE-----\n`),
    keyPair() {
      const pair = keyPair(hash("key"));
      return {
        privateKey: note("privateKeyPem", pair.privateKey),
        publicKey: note("publicKeyPem", pair.publicKey),
      };
    },
  };
}

/** A name-based UUID, as RFC 9562 has it for values of one's own (version 8). */
function uuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A key that anyone can derive from the resource's name: well-formed, and worth nothing. */
function keyPair(hex: string): { readonly privateKey: string; readonly publicKey: string } {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(Buffer.from(hex, "hex"));
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString("base64url"));
  const d = Buffer.from(hex, "hex").toString("base64url");
  const key = createPrivateKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x, y, d } });
  return {
    privateKey: String(key.export({ type: "pkcs8", format: "pem" })),
    publicKey: String(createPublicKey(key).export({ type: "spki", format: "pem" })),
  };
}
