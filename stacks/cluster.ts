import { defaultGroup } from "../components/naming";
import {
  type ClusterSettings,
  dataClassifications,
  type GitlabSettings,
  type Governance,
  gitlabTiers,
  type KubernetesSettings,
  type ObjectStoreSettings,
  type PeopleSettings,
} from "../components/settings";
import type { Fields } from "./fields";

const RANGE = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;
const URL_FORM = /^https:\/\/[^\s/?#]+(\/[^\s?#]*)?$/;
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
const GROUP = /^[a-zA-Z0-9_][\w.-]*(\/[a-zA-Z0-9_][\w.-]*)*$/;
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

const url = (fields: Fields, key: string) =>
  fields.matching(key, URL_FORM, "an address that begins with https://");

const ranges = (fields: Fields) =>
  fields.texts("egressRanges", RANGE, "a CIDR range such as 192.0.2.10/32", []);

function people(fields: Fields): PeopleSettings {
  const [secret, groups] = [fields.object("clientSecret"), fields.object("groups")];
  const settings = {
    issuer: url(fields, "issuer"),
    jwksUri: url(fields, "jwksUri"),
    clientId: fields.text("clientId"),
    clientSecret: { secret: secret.text("secret"), key: secret.text("key") },
    groups: Object.fromEntries(
      groups.keys().map((group) => [group, groups.choice(group, ["scientist", "auditor"] as const)]),
    ),
  };
  for (const part of [secret, fields]) part.finish();
  return settings;
}

function builds(fields: Fields) {
  const settings = { egressRanges: ranges(fields) };
  fields.finish();
  return Object.freeze(settings);
}

/** Reads `ecluse:cluster`. */
export function clusterSettings(fields: Fields): ClusterSettings {
  const settings: ClusterSettings = {
    domain: fields.matching("domain", DOMAIN, "a domain such as ml.example.com"),
    ingressClass: fields.matching("ingressClass", NAME, "the name of an IngressClass", "nginx"),
    ingressNamespace: fields.matching("ingressNamespace", NAME, "the namespace of the ingress controller"),
    ...(fields.has("certificateIssuer") && { certificateIssuer: fields.text("certificateIssuer") }),
    ...(fields.has("imageRegistry") && { imageRegistry: fields.text("imageRegistry") }),
    buildImages: fields.flag("buildImages", false),
    ...(fields.has("people") && { people: people(fields.object("people")) }),
    runner: fields.flag("runner", false),
    ...(fields.has("builds") && { builds: builds(fields.object("builds")) }),
    prometheus: fields.flag("prometheus", false),
    egressRanges: ranges(fields),
  };
  fields.finish();
  return Object.freeze(settings);
}

function objectStore(fields: Fields): ObjectStoreSettings {
  const kind = fields.choice("kind", ["deployed", "s3", "azure"]);
  const settings: ObjectStoreSettings =
    kind === "deployed"
      ? { kind, storageGb: fields.integer("storageGb", { least: 1, most: 65_536, fallback: 50 }) }
      : {
          kind,
          endpoint: url(fields, "endpoint"),
          region: fields.text("region", "us-east-1"),
          prefix: fields.matching("prefix", /^[a-z0-9][a-z0-9-]{1,40}$/, "3 to 41 of a-z, 0-9 and -"),
          range: fields.matching("range", RANGE, "the CIDR range of the endpoint"),
          port: fields.integer("port", { least: 1, most: 65_535, fallback: 443 }),
        };
  fields.finish();
  return settings;
}

/** Reads `ecluse:kubernetes`. */
export function kubernetesSettings(fields: Fields): KubernetesSettings {
  const database = fields.object("database");
  const settings: KubernetesSettings = {
    context: fields.text("context"),
    serviceAccountIssuer: url(fields, "serviceAccountIssuer"),
    apiServerRange: fields.matching("apiServerRange", RANGE, "a CIDR range such as 192.0.2.4/30"),
    ...(fields.has("storageClass") && { storageClass: fields.text("storageClass") }),
    database: {
      instances: database.integer("instances", { least: 1, most: 5, fallback: 1 }),
      storageGb: database.integer("storageGb", { least: 1, most: 16_384, fallback: 20 }),
    },
    objectStore: objectStore(fields.object("objectStore")),
  };
  for (const part of [database, fields]) part.finish();
  return Object.freeze(settings);
}

/** Reads `ecluse:governance`; a laptop has no cost center. */
export function governanceSettings(fields: Fields, local: boolean): Governance {
  const word = (key: string) => fields.text(key, local ? "local" : undefined);
  const settings = {
    owner: word("owner"),
    costCenter: word("costCenter"),
    dataClassification: fields.choice(
      "dataClassification",
      dataClassifications,
      local ? "internal" : undefined,
    ),
  };
  fields.finish();
  return Object.freeze(settings);
}

/** Reads `ecluse:forge` where it is an object: the GitLab that is trusted. */
export function gitlabSettings(fields: Fields): GitlabSettings {
  const ids = fields.object("projectIds");
  const settings = {
    url: url(fields, "url").replace(/\/$/, ""),
    tier: fields.choice("tier", gitlabTiers, "free"),
    group: fields.matching("group", GROUP, "the full path of a group, such as acme/ecluse", defaultGroup),
    tokenDays: fields.integer("tokenDays", { least: 3, most: 90, fallback: 60 }),
    projectIds: Object.freeze(
      Object.fromEntries(ids.keys().map((path) => [path, ids.matching(path, /^\d+$/, "a project's number")])),
    ),
  };
  fields.finish();
  return Object.freeze(settings);
}
