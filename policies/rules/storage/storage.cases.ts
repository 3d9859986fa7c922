import { type Properties, UNKNOWN } from "../../../protocol/properties";
import { type Cases, type Sketch, urnOf } from "../../cases";

const type = "azure-native:storage:StorageAccount";
const of = (kind: string, inputs: Sketch["inputs"] = {}): Sketch => ({
  type: `azure-native:storage:${kind}`,
  inputs: { accountName: "store", ...inputs },
});
const container = (inputs: Sketch["inputs"]) => of("BlobContainer", inputs);
const closed = { defaultAction: "Deny", ipRules: [{ iPAddressOrRange: "192.0.2.0/24" }] };
const copies = { allowCrossTenantReplication: false, allowedCopyScope: "PrivateLink" };
const keys = {
  allowSharedKeyAccess: true,
  sasPolicy: { sasExpirationPeriod: "0.08:00:00" },
  keyPolicy: { keyExpirationPeriodInDays: 90 },
};
const noUsers = { isLocalUserEnabled: false, isSftpEnabled: false };
const ownKey = { requireInfrastructureEncryption: true, keySource: "Microsoft.KeyVault" };

const account: Sketch = { type, id: "/store", inputs: { accountName: "store" } };
const service = (inputs: Sketch["inputs"]) => of("BlobServiceProperties", inputs);
const kept = { enabled: true, days: 7 };
const bin = { deleteRetentionPolicy: { ...kept }, containerDeleteRetentionPolicy: kept };

const immutable = { containerName: "artifacts", immutableStorageWithVersioning: { enabled: true } };
const policy = (inputs: Sketch["inputs"] = {}) =>
  of("BlobContainerImmutabilityPolicy", {
    containerName: "artifacts",
    immutabilityPeriodSinceCreationInDays: 180,
    ...inputs,
  });

const setting = (resourceUri: string, ...categories: string[]): Sketch => ({
  type: "azure-native:monitor:DiagnosticSetting",
  inputs: {
    resourceUri,
    workspaceId: "/workspace",
    logs: categories.map((category) => ({ category, enabled: true })),
  },
});
const blobs = "/store/blobServices/default";
const all = ["StorageRead", "StorageWrite", "StorageDelete"];

const aging = (prefixMatch: string[], rule: Sketch["inputs"] = {}) =>
  of("ManagementPolicy", {
    policy: {
      rules: [
        {
          enabled: true,
          definition: { actions: { baseBlob: { delete: {} } }, filters: { prefixMatch } },
          ...rule,
        },
      ],
    },
  });
const lock = (level: string, scope: string): Sketch => ({
  type: "azure-native:authorization:ManagementLockByScope",
  inputs: { level, scope },
});

const job = (spec: Properties): Sketch => ({
  type: "kubernetes:batch/v1:Job",
  inputs: { spec: { template: { spec } } },
});
const makes = (buckets: unknown): Sketch => {
  const value = buckets === UNKNOWN ? UNKNOWN : JSON.stringify(buckets);
  return job({ containers: [{ env: [{ name: "ECLUSE_BUCKETS", value }] }] });
};
const bucket = (changes: object, of = "artifacts") => {
  const statement = { Effect: "Allow", Principal: { AWS: ["prod-tracking"] }, Action: ["s3:GetObject"] };
  return { name: `prod-${of}`, versioned: true, policy: { Statement: [{ ...statement, ...changes }] } };
};

/** What each rule on the storage account passes, and what it refuses. */
export const storageCases: Cases = {
  "ST-01": { pass: { allowSharedKeyAccess: false }, fail: [{ allowSharedKeyAccess: true }, {}] },
  "ST-02": {
    pass: { allowBlobPublicAccess: false },
    fail: [{ allowBlobPublicAccess: true }, {}, container({ publicAccess: "Blob" })],
  },
  "ST-03": {
    pass: { publicNetworkAccess: "SecuredByPerimeter" },
    fail: [{ publicNetworkAccess: "Enabled" }, {}],
  },
  "ST-04": {
    pass: { networkRuleSet: closed },
    fail: [
      { networkRuleSet: { ...closed, defaultAction: "Allow" } },
      { networkRuleSet: { ...closed, ipRules: [{ iPAddressOrRange: "0.0.0.0/0" }] } },
      {},
    ],
  },
  "ST-05": { pass: { enableHttpsTrafficOnly: true }, fail: [{ enableHttpsTrafficOnly: false }] },
  "ST-06": { pass: { minimumTlsVersion: "TLS1_2" }, fail: [{ minimumTlsVersion: "TLS1_1" }, {}] },
  "ST-07": {
    pass: copies,
    fail: [{ ...copies, allowCrossTenantReplication: true }, { allowCrossTenantReplication: false }, {}],
  },
  "ST-08": {
    pass: { defaultToOAuthAuthentication: true },
    fail: [{ defaultToOAuthAuthentication: false }, {}],
  },
  "ST-09": {
    pass: noUsers,
    fail: [
      { ...noUsers, isLocalUserEnabled: true },
      { ...noUsers, isSftpEnabled: true },
      {},
      of("LocalUser"),
    ],
  },
  "ST-10": {
    pass: keys,
    fail: [
      { ...keys, sasPolicy: { sasExpirationPeriod: "7.00:00:00" } },
      { ...keys, keyPolicy: { keyExpirationPeriodInDays: 365 } },
      {},
    ],
    notApplicable: [{ allowSharedKeyAccess: false }],
  },
  "ST-11": {
    pass: [account, service({ isVersioningEnabled: true })],
    fail: [
      [account],
      [account, service({ isVersioningEnabled: false })],
      [account, service({ isVersioningEnabled: true, accountName: "other" })],
      [account, service({ isVersioningEnabled: true }), service({ isVersioningEnabled: false })],
    ],
    open: [account, service({ isVersioningEnabled: UNKNOWN })],
  },
  "ST-12": {
    pass: [account, service(bin)],
    fail: [
      [account, service({ ...bin, deleteRetentionPolicy: { enabled: true, days: 1 } })],
      [account, service({ ...bin, deleteRetentionPolicy: { ...kept, allowPermanentDelete: true } })],
      [account, service({ ...bin, containerDeleteRetentionPolicy: { enabled: false, days: 7 } })],
      [account, service(bin), service({ isVersioningEnabled: true })],
      [account],
    ],
    open: [account, service({ ...bin, deleteRetentionPolicy: UNKNOWN })],
  },
  "ST-13": {
    pass: [account, container(immutable), policy()],
    fail: [
      [account],
      [account, container(immutable)],
      [account, container({ containerName: "artifacts" }), policy()],
      [account, container(immutable), policy({ immutabilityPeriodSinceCreationInDays: 30 })],
      [account, container(immutable), policy(), policy({ immutabilityPeriodSinceCreationInDays: 1 })],
      [account, container(immutable), policy({ containerName: "data" })],
      [account, container(immutable), policy({ accountName: "other" })],
    ],
    open: [account, container(immutable), policy({ containerName: UNKNOWN })],
  },
  "ST-14": {
    pass: { sku: { name: "Standard_GZRS" } },
    fail: [{ sku: { name: "Standard_LRS" } }, {}],
  },
  "ST-15": {
    pass: { encryption: ownKey },
    fail: [
      { encryption: { ...ownKey, requireInfrastructureEncryption: false } },
      { encryption: { ...ownKey, keySource: "Microsoft.Storage" } },
      {},
    ],
  },
  "ST-16": {
    pass: [account, setting(blobs, ...all)],
    fail: [
      [account],
      [account, setting(blobs, "StorageRead", "StorageWrite")],
      [account, setting("/store/queueServices/default", ...all)],
      [account, setting("/store2/blobServices/default", ...all)],
    ],
    open: [account, setting(UNKNOWN, ...all)],
  },
  "ST-17": {
    pass: [account, aging(["inference/", "artifacts-old/"])],
    fail: [
      [account],
      [account, aging(["artifacts/"])],
      [account, aging(["art"])],
      [account, aging(["inference/", "artifacts/1/models"])],
      [account, aging([])],
      [account, aging(["inference/"]), aging(["artifacts/"])],
    ],
    open: [account, aging([UNKNOWN])],
  },
  "ST-18": {
    pass: [{ ...account, protect: true }],
    fail: [[account], [account, lock("CanNotDelete", "/store2")], [account, lock("NotSpecified", "/store")]],
    open: [
      account,
      { ...lock("CanNotDelete", UNKNOWN), propertyDependencies: { level: [urnOf(type, "other")] } },
    ],
  },
  "ST-19": {
    pass: makes([bucket({}), bucket({ Effect: "Deny", Principal: "*", Action: ["s3:*"] })]),
    fail: [
      makes([bucket({ Principal: "*" })]),
      makes([bucket({ Principal: { AWS: ["*"] } })]),
      makes([bucket({ Principal: { AWS: ["a", "prod-*"] } })]),
      makes([bucket({ Principal: undefined, NotPrincipal: { AWS: ["a"] } })]),
      makes([bucket({ Action: ["s3:GetObject", "s3:*"] })]),
      makes([bucket({ Action: ["s3:Put*"] })]),
      makes([bucket({ Action: undefined, NotAction: ["s3:DeleteObject"] })]),
      makes("no list"),
    ],
    open: makes(UNKNOWN),
    notApplicable: [job({ containers: [{ env: [] }] })],
  },
  "ST-20": {
    pass: makes([bucket({}), { ...bucket({}, "reports"), versioned: false }]),
    fail: [
      makes([{ ...bucket({}), versioned: false }]),
      makes([{ ...bucket({}, "data"), versioned: undefined }]),
      makes([{ ...bucket({}, "holdout"), versioned: false }]),
    ],
    open: makes(UNKNOWN),
    notApplicable: [job({ containers: [{ env: [] }] })],
  },
};
