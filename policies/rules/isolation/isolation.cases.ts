import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";
import { assignmentType, credentialType } from "../../identities";
import { clusterType } from "../cloudnativepg/stores";

const azure = (type: string, inputs: Properties, more: Partial<Sketch> = {}): Sketch => ({
  type: `azure-native:${type}`,
  inputs,
  ...more,
});
/** One sketch in development, the other in production. */
const pair = (dev: Sketch, prod: Sketch, ...both: Sketch[]) => ({
  dev: [dev, ...both],
  prod: [prod, ...both],
});

const role = (principalId: string): Sketch => ({ type: assignmentType, inputs: { principalId } });
const administrator = (objectId: string) =>
  azure("dbforpostgresql:AdministratorsMicrosoftEntra", { objectId });
const cluster = (...groups: string[]) =>
  azure("containerservice:ManagedCluster", { aadProfile: { adminGroupObjectIDs: groups } });
const bound = (kind: string, name: string): Sketch => ({
  type: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  inputs: { subjects: [{ kind, name }] },
});
const proxy = (clientId: string): Sketch => ({
  type: "kubernetes:apps/v1:Deployment",
  inputs: { spec: { template: { spec: { containers: [{ args: [`--client-id=${clientId}`] }] } } } },
});
const credential = (subject: string, issuer = "https://gitlab.example.com"): Sketch => ({
  type: credentialType,
  inputs: { issuer, subject },
});
const branch = "project_path:ecluse/platform:ref_type:branch:ref:main";

const provider = (context: string): Sketch => ({ type: "pulumi:providers:kubernetes", inputs: { context } });
const namespace = (name: string): Sketch => ({
  type: "kubernetes:core/v1:Namespace",
  inputs: { metadata: { name } },
});
const subscription = (id: string, more: Properties = {}): Sketch => ({
  type: "pulumi:providers:azure-native",
  inputs: { subscriptionId: id, ...more },
});
const group = (name: string) => azure("resources:ResourceGroup", { resourceGroupName: name });

const networkId = (name: string) =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/${name}`;
const subnetOf = (name: string) =>
  azure("containerservice:AgentPool", { vnetSubnetID: `${networkId(name)}/subnets/a` });
const network = (...addressPrefixes: string[]) =>
  azure("network:VirtualNetwork", { addressSpace: { addressPrefixes } });
const reaching = (cidr: string, ...except: string[]): Sketch => ({
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  inputs: { spec: { egress: [{ to: [{ ipBlock: { cidr, except } }] }] } },
});
const account = (accountName: string) => azure("storage:StorageAccount", { accountName });
const ingress = (host: string): Sketch => ({
  type: "kubernetes:networking.k8s.io/v1:Ingress",
  inputs: { spec: { rules: [{ host }] } },
});
const url = (value: string): Sketch => ({
  type: "kubernetes:core/v1:ConfigMap",
  inputs: { data: { url: value } },
});
const peer = (name: string): Sketch => ({
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  inputs: {
    spec: {
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }] }],
    },
  },
});
const bucket = (name: string) => url(`s3://${name}?endpoint=https%3A%2F%2Fs3.example.com&region=a`);
const backups = (name: string): Sketch => ({
  type: clusterType,
  inputs: {
    spec: {
      backup: {
        barmanObjectStore: {
          destinationPath: name === UNKNOWN ? name : `s3://${name}/`,
          endpointURL: "https://s3.example.com",
        },
      },
    },
  },
});
const password = (result: string): Sketch => ({
  type: "random:index/randomPassword:RandomPassword",
  outputs: { result },
});
const secretOf = (value: string): Sketch => ({
  type: "kubernetes:core/v1:Secret",
  inputs: { stringData: { a: value } },
});

const key = (name: string) => ({ secretsProvider: `azurekeyvault://${name}.vault.azure.net/keys/pulumi` });

/** What each rule across environments passes, and what it refuses. */
export const isolationCases: Cases = {
  "ID-10": {
    pass: pair(role("a"), role("b")),
    fail: [pair(role("a"), role("A"))],
    open: pair(role(UNKNOWN), role("b")),
  },
  "ISO-01": {
    pass: {
      dev: [
        administrator("a"),
        cluster("b"),
        proxy("c"),
        bound("Group", "h"),
        bound("Group", "system:nodes"),
      ],
      prod: [
        administrator("d"),
        cluster("e"),
        proxy("f"),
        bound("Group", "g"),
        bound("Group", "system:nodes"),
      ],
    },
    fail: [
      pair(administrator("a"), administrator("a")),
      pair(cluster("a", "b"), cluster("b")),
      pair(administrator("a"), cluster("a")),
      pair(proxy("c"), proxy("c")),
      pair(bound("Group", "team"), bound("Group", "team")),
      pair(
        bound("Group", "00000000-0000-0000-0000-0000000000aa"),
        administrator("00000000-0000-0000-0000-0000000000AA"),
      ),
      pair(bound("User", "a@example.com"), bound("User", "a@example.com")),
    ],
    open: pair(administrator(UNKNOWN), administrator("a")),
    alsoOpen: [pair(bound("Group", UNKNOWN), bound("Group", "team"))],
  },
  "ISO-02": {
    pass: pair(subnetOf("dev"), subnetOf("prod")),
    fail: [
      pair(subnetOf("shared"), subnetOf("SHARED")),
      pair(subnetOf("a"), azure("network:VirtualNetwork", {}, { id: networkId("a") })),
    ],
    open: "never",
  },
  "ISO-03": {
    pass: pair(network("10.20.0.0/20"), network("10.21.0.0/20", "fd00:1::/48")),
    fail: [
      pair(network("10.20.0.0/20"), network("10.20.8.0/22")),
      pair(network("10.20.0.0/20", "10.30.0.0/20"), network("10.0.0.0/8")),
      pair(network("fd00::/48"), network("fd00::/48")),
    ],
    open: pair(network(UNKNOWN), network("10.21.0.0/20")),
  },
  "ISO-04": {
    pass: {
      dev: [account("a"), ingress("dev.example.com"), bucket("dev")],
      prod: [account("b"), ingress("prod.example.com"), bucket("prod")],
    },
    fail: [
      pair(account("same"), account("Same")),
      pair(ingress("ml.example.com"), ingress("ml.example.com")),
      pair(bucket("artifacts"), bucket("artifacts")),
      pair(backups("prod-backups"), backups("prod-backups")),
      pair(bucket("dev-data"), backups("dev-data")),
    ],
    open: pair(account(UNKNOWN), account("b")),
    alsoOpen: [pair(backups(UNKNOWN), backups("b"))],
  },
  "ISO-05": {
    pass: pair(password("one-password-of-dev"), password("one-password-of-prod")),
    fail: [
      pair(password("the-same-password"), password("the-same-password")),
      pair(password("the-same-password"), secretOf("the-same-password")),
    ],
    open: pair(secretOf(UNKNOWN), secretOf("another-password-of-prod")),
  },
  "ISO-06": {
    pass: pair(credential("system:serviceaccount:dev-a:serve"), credential(branch)),
    fail: [pair(credential(branch), credential(branch))],
    open: pair(credential(branch, UNKNOWN), credential(branch)),
  },
  "ISO-07": {
    pass: {
      "onprem-dev": [provider("shared"), namespace("dev-platform")],
      "onprem-prod": [provider("shared"), namespace("prod-platform")],
      dev: [provider("other"), namespace("dev-platform")],
    },
    fail: [
      {
        "onprem-dev": [provider("shared"), namespace("platform")],
        "onprem-prod": [provider("shared"), namespace("platform")],
      },
    ],
    open: { "onprem-dev": [provider(UNKNOWN), namespace("dev-platform")], "onprem-prod": [] },
  },
  "ENV-02": {
    pass: {
      dev: [account("eclusedev"), url("bank-churn"), url("https://eclusedev.blob.core.windows.net/a")],
      // What a namespace is called may be an ordinary word elsewhere.
      prod: [
        account("ecluseprod"),
        subscription("00000000-0000-0000-0000-0000000000e1"),
        namespace("a"),
        namespace("bank-churn"),
      ],
    },
    fail: [
      { dev: [url("https://ecluseprod.blob.core.windows.net/a")], prod: [account("ecluseprod")] },
      { dev: [url("http://tracking.prod-platform.svc:5000")], prod: [namespace("prod-platform")] },
      { dev: [peer("prod-platform")], prod: [namespace("prod-platform")] },
      { dev: [url("system:serviceaccount:prod-platform:tracking")], prod: [namespace("prod-platform")] },
      { dev: [url("tracking.prod.example.com")], prod: [ingress("tracking.prod.example.com")] },
      { dev: [url("/subscriptions/SUBSCRIPTION-P/x")], prod: [subscription("subscription-p")] },
    ],
    open: { dev: [url(UNKNOWN)], prod: [account("ecluseprod")] },
  },
  "ENV-04": {
    pass: { dev: [subscription("s"), group("dev")], prod: [subscription("s"), group("prod")] },
    fail: [
      pair(group("shared"), group("Shared"), subscription("s")),
      { dev: [subscription("s", { clientId: "c" })], prod: [subscription("t", { clientId: "C" })] },
    ],
    open: pair(group(UNKNOWN), group("prod"), subscription("s")),
  },
  "SEC-06": {
    contexts: {
      dev: key("dev"),
      prod: key("prod"),
      "onprem-dev": key("prod"),
      "onprem-prod": { secretsProvider: "passphrase" },
    },
    pass: { dev: [], prod: [], "local-dev": [] },
    fail: [
      { dev: [], "onprem-prod": [] },
      { prod: [], "onprem-dev": [] },
    ],
    open: "never",
  },
  "ISO-08": {
    pass: {
      dev: [network("10.20.0.0/20"), reaching("10.20.8.0/22")],
      prod: [network("10.21.0.0/20"), reaching("192.0.2.10/32"), reaching("10.0.0.0/8", "10.20.0.0/16")],
    },
    fail: [
      pair(network("10.20.0.0/20"), reaching("10.20.8.0/22")),
      pair(network("10.20.0.0/20"), reaching("10.16.0.0/12")),
      pair(reaching("10.21.0.0/28"), network("10.21.0.0/20")),
      pair(network("10.20.0.0/20"), reaching("10.0.0.0/8", "10.20.0.0/24")),
    ],
    open: pair(network("10.20.0.0/20"), {
      type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      inputs: { spec: { egress: UNKNOWN } },
    }),
  },
};
