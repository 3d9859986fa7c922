import type {
  AzureDatabaseSettings,
  AzureNodeSettings,
  AzureSettings,
  DeployerSettings,
  ProfileName,
} from "../components/settings";
import { databaseSizes, databaseStorage, gpuSizes, nodeSizes, regions } from "./azureCatalogue";
import { narrowRanges, networkSettings } from "./azureNetwork";
import { type Fields, SettingsError } from "./fields";

/** The form of the ids by which Entra knows tenants, applications, people and groups. */
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

/** What a profile buys where the file does not say. */
const sizes: Readonly<Record<ProfileName, Record<"system" | "user" | "database", string> & { gb: number }>> =
  {
    frugal: { system: "Standard_D2as_v5", user: "Standard_D4as_v5", database: "Standard_B1ms", gb: 32 },
    standard: { system: "Standard_D4as_v5", user: "Standard_D4as_v5", database: "Standard_D2ds_v5", gb: 128 },
    full: { system: "Standard_D4as_v5", user: "Standard_D8as_v5", database: "Standard_D4ds_v5", gb: 256 },
  };

const guid = (fields: Fields, key: string) =>
  fields.matching(key, GUID, "an id such as 12345678-90ab-cdef-1234-567890abcdef");

function nodes(fields: Fields, profile: ProfileName, location: string): AzureNodeSettings {
  const size = (key: string, fallback: string) => fields.choice(key, nodeSizes, fallback);
  const zones = regions[location]?.zones && profile !== "frugal" ? ["1", "2", "3"] : [];
  const settings = {
    kubernetesVersion: fields.matching(
      "kubernetesVersion",
      /^1\.\d{2}$/,
      "a minor version such as 1.34",
      "1.34",
    ),
    systemSize: size("systemSize", sizes[profile].system),
    userSize: size("userSize", sizes[profile].user),
    maxUserNodes: fields.integer("maxUserNodes", { least: 1, most: 100, fallback: 4 }),
    ...(fields.has("gpuSize") && { gpuSize: fields.choice("gpuSize", gpuSizes) }),
    zones: fields.texts("zones", /^[123]$/, '"1", "2" or "3"', zones),
  };
  fields.finish();
  return settings;
}

function database(fields: Fields, profile: ProfileName): AzureDatabaseSettings {
  const tiers = Object.keys(databaseSizes) as (keyof typeof databaseSizes)[];
  const tier = fields.choice("tier", tiers, profile === "frugal" ? "Burstable" : "GeneralPurpose");
  const settings: AzureDatabaseSettings = {
    tier,
    size: fields.choice("size", databaseSizes[tier], sizes[profile].database),
    storageGb: storage(fields, sizes[profile].gb),
    access: fields.choice("access", ["privateEndpoint", "delegatedSubnet"], "privateEndpoint"),
  };
  fields.finish();
  return settings;
}

/** Azure sells storage in steps; one in between would be refused only by its API. */
function storage(fields: Fields, fallback: number): number {
  const size = fields.integer("storageGb", { least: 32, most: 4096, fallback });
  if (databaseStorage.includes(size)) return size;
  throw new SettingsError(fields.path("storageGb"), size, `set it to ${databaseStorage.join(", ")}`);
}

function groups(fields: Fields): AzureSettings["groups"] {
  const clusterAdmins = guid(fields, "clusterAdmins");
  const admins = fields.object("databaseAdmins");
  const databaseAdmins = { id: guid(admins, "id"), name: admins.text("name") };
  admins.finish();
  const optional = (key: "dataLanders" | "auditors") => fields.has(key) && { [key]: guid(fields, key) };
  const settings = { clusterAdmins, databaseAdmins, ...optional("dataLanders"), ...optional("auditors") };
  fields.finish();
  return settings;
}

function deployer(fields: Fields): DeployerSettings {
  const line = fields.choice("reach", ["vnet", "ranges"]);
  const settings: DeployerSettings = {
    reach: line === "vnet" ? line : { ranges: narrowRanges(fields, "ranges") },
    login: fields.choice("login", ["azurecli", "workloadidentity"], "azurecli"),
  };
  fields.finish();
  return settings;
}

/** Reads `ecluse:azure`; what relates its values to others is `checks.ts`'s. */
export function azureSettings(fields: Fields, environment: string, profile: ProfileName): AzureSettings {
  const location = fields.choice("location", Object.keys(regions));
  const budget = fields.object("budget");
  const settings: AzureSettings = {
    subscriptionId: guid(fields, "subscriptionId"),
    tenantId: guid(fields, "tenantId"),
    location,
    pairedLocation: regions[location]?.pair,
    instance: fields.matching("instance", /^[a-z0-9]{2,6}$/, "2 to 6 of a-z and 0-9"),
    resourceGroup: fields.matching(
      "resourceGroup",
      /^[\w().-]{0,89}[\w()-]$/,
      "a name of up to 90 letters, digits, ( ) . _ -",
      `rg-ecluse-${environment}`,
    ),
    network: networkSettings(fields.object("network")),
    nodes: nodes(fields.object("nodes"), profile, location),
    database: database(fields.object("database"), profile),
    groups: groups(fields.object("groups")),
    deployer: deployer(fields.object("deployer")),
    budget: {
      amount: budget.number("amount", { least: 1, most: 1_000_000 }),
      startDate: budget.matching("startDate", /^\d{4}-\d{2}-01$/, "the first of a month, such as 2026-12-01"),
    },
    alertEmails: fields.texts("alertEmails", EMAIL, "an e-mail address"),
  };
  budget.finish();
  fields.finish();
  return Object.freeze(settings);
}
