import { profiles } from "../components/profiles";
import type { AzureSettings, EnvironmentSettings, ForgeSettings } from "../components/settings";
import { regions } from "./azureCatalogue";
import { SettingsError } from "./fields";
import { checkReach } from "./reach";

/** What a laptop's names share: a use case is a service beside the environment's own. */
function checkServices(settings: ForgeSettings | EnvironmentSettings): void {
  const { ports, useCases } = settings;
  const names = useCases.map(({ name }) => name);
  const own =
    settings.kind === "forge"
      ? ["platform"]
      : ["database", "blob", "tracking", "platform", "data", "release"];
  const taken = names.find((name) => own.includes(name));
  if (taken) throw new SettingsError("ecluse:useCases", taken, "is the name of a service: choose another");
  const services = settings.kind === "forge" ? ["forge"] : ["database", "blob", "tracking", ...names];
  const stray = Object.keys(ports).find((name) => settings.target === "gitlab" || !services.includes(name));
  if (!stray) return;
  const fix =
    settings.target === "gitlab"
      ? "GitLab is there already, at its own port: remove it"
      : `there is no such service; use ${services.join(", ")}`;
  throw new SettingsError(`ecluse:ports.${stray}`, ports[stray], fix);
}

/** Names in a cluster and at Azure are short: storage accounts have 24 characters, namespaces 63. */
function checkLengths({ environment, useCases }: EnvironmentSettings): void {
  if (environment.length > 10)
    throw new SettingsError("ecluse:environment", environment, "use at most 10 characters on this target");
  const long = useCases.find(({ name }) => name.length > 30);
  if (long) throw new SettingsError("ecluse:useCases", long.name, "use at most 30 characters on this target");
  const ci = useCases.find(({ name }) => useCases.some((other) => other.name === `${name}-ci`));
  if (ci)
    throw new SettingsError("ecluse:useCases", `${ci.name}-ci`, `is the namespace of the jobs of ${ci.name}`);
}

function checkImages({ tier, target, cluster }: EnvironmentSettings): void {
  if (!cluster?.buildImages) return;
  if (tier === "production")
    throw new SettingsError(
      "ecluse:cluster.buildImages",
      true,
      "production takes what the pipeline built: remove it",
    );
  // On Azure the environment has a registry of its own.
  if (target === "kubernetes" && !cluster.imageRegistry)
    throw new SettingsError(
      "ecluse:cluster.imageRegistry",
      undefined,
      "set it to where the images are pushed to",
    );
}

/** What a profile promises and a region or a size cannot give. */
function checkRegion(
  { profile: name }: EnvironmentSettings,
  { location, nodes, database }: AzureSettings,
): void {
  const [region, profile] = [regions[location], profiles[name]];
  if (nodes.zones.length && !region?.zones)
    throw new SettingsError(
      "ecluse:azure.nodes.zones",
      nodes.zones,
      `${location} has no zones: set it to []`,
    );
  if (profile.geoRedundant && !region?.pair)
    throw new SettingsError(
      "ecluse:azure.location",
      location,
      `has no paired region for the copies of profile ${name}: choose another, or profile frugal`,
    );
  if (profile.highAvailability && database.tier === "Burstable")
    throw new SettingsError(
      "ecluse:azure.database.tier",
      database.tier,
      `has no stand-by, which profile ${name} needs: set it to GeneralPurpose`,
    );
}

/** What its protections rest on: who depends on a model needs a stand-by, alerts and a paid control plane. */
function checkProduction({ tier, profile }: EnvironmentSettings): void {
  if (tier !== "production" || profile !== "frugal") return;
  throw new SettingsError(
    "ecluse:profile",
    profile,
    "production needs a stand-by of the database and copies in a second region: set it to standard or full",
  );
}

/** Who runs code of branches, and releases, must know whose. */
function checkRunner({ tier, cluster, forge }: EnvironmentSettings): void {
  if (cluster?.builds && tier === "production")
    throw new SettingsError(
      "ecluse:cluster.builds",
      cluster.builds,
      "images are built once, outside of production: remove it here, and set it in another environment",
    );
  const asks = (["runner", "builds"] as const).find((key) => cluster?.[key]);
  if (!asks || typeof forge === "object") return;
  throw new SettingsError(
    "ecluse:forge",
    forge,
    `ecluse:cluster.${asks} asks for a runner: set the url of a GitLab`,
  );
}

/** A schedule of GitLab starts it, in production alone. */
function checkRetraining({ tier, forge, retrainCron }: EnvironmentSettings): void {
  if (!retrainCron || (tier === "production" && typeof forge === "object")) return;
  throw new SettingsError(
    "ecluse:retrainCron",
    retrainCron,
    "only production on a GitLab trains anew by schedule: remove it",
  );
}

/** What a use case asks for, and the environment must have. */
function checkUseCases({ useCases, azure }: EnvironmentSettings): void {
  const greedy = useCases.find(({ gpu }) => gpu);
  if (azure && greedy && !azure.nodes.gpuSize)
    throw new SettingsError(
      "ecluse:azure.nodes.gpuSize",
      undefined,
      `${greedy.name} may ask for a GPU: set it to a size of nodes, or gpu of the use case to false`,
    );
}

/** What only the whole can tell. Throws SettingsError. */
export function checkWhole(settings: ForgeSettings | EnvironmentSettings): void {
  checkServices(settings);
  if (settings.kind === "forge") return;
  const { target, forge, azure } = settings;
  checkRetraining(settings);
  if (target === "local" && typeof forge !== "string")
    throw new SettingsError("ecluse:forge", forge, "set it to the forge's stack, such as local-forge");
  if (target === "local") return;
  if (typeof forge === "string")
    throw new SettingsError("ecluse:forge", forge, "set it to none, or to the url of a GitLab");
  checkLengths(settings);
  checkImages(settings);
  checkRunner(settings);
  checkUseCases(settings);
  if (!azure) return;
  checkProduction(settings);
  checkReach(settings, azure);
  checkRegion(settings, azure);
}
