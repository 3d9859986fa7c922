import { InputError } from "../components/errors";
import { hasProtection } from "../components/gitlab/tiers";
import { profiles } from "../components/profiles";
import type { EnvironmentSettings, ForgeSettings } from "../components/settings";
import { databaseSizes, regions } from "../components/settings/azureCatalogue";
import type { Refuse } from "./mistakes";
import { checkReach } from "./reach";

/** A port that is fixed for a service that there is not. */
function checkPorts({ kind, target, ports, useCases }: ForgeSettings | EnvironmentSettings, refuse: Refuse) {
  const names = useCases.map(({ name }) => name);
  const services = kind === "forge" ? ["forge"] : ["database", "blob", "tracking", ...names];
  for (const [name, port] of Object.entries(ports))
    if (target === "gitlab")
      refuse(`ecluse:ports.${name}`, port, "GitLab is there already, at its own port: remove it");
    else if (!services.includes(name))
      refuse(`ecluse:ports.${name}`, port, `there is no such service; use ${services.join(", ")}`);
}

/** The jobs of a use case have a namespace of their own, after its name. */
function checkNamespaces({ target, useCases }: EnvironmentSettings, refuse: Refuse): void {
  if (target === "local") return;
  const names = useCases.map(({ name }) => name);
  for (const [at, name] of names.entries()) {
    const other = name.endsWith("-ci") ? name.slice(0, -"-ci".length) : undefined;
    if (other && names.includes(other))
      refuse(`ecluse:useCases[${at}].name`, name, `is the namespace of the jobs of ${other}: choose another`);
  }
}

function checkImages({ tier, target, cluster }: EnvironmentSettings, refuse: Refuse): void {
  if (cluster?.buildImages && tier === "production")
    refuse("ecluse:cluster.buildImages", true, "production takes what the pipeline built: remove it");
  // On Azure the environment has a registry of its own.
  if (target === "kubernetes" && cluster && !cluster.imageRegistry)
    refuse(
      "ecluse:cluster.imageRegistry",
      undefined,
      "set it to the registry and path that the images are pushed to",
    );
}

/** What a profile promises and a region cannot give. */
function checkRegion({ profile: name, azure }: EnvironmentSettings, refuse: Refuse): void {
  if (!azure) return;
  const { location, nodes } = azure;
  if (nodes.zones.length && !regions[location]?.zones)
    refuse("ecluse:azure.nodes.zones", nodes.zones, `${location} has no zones: set it to []`);
  if (profiles[name].geoRedundant && !regions[location]?.pair)
    refuse(
      "ecluse:azure.location",
      location,
      `has no paired region for the copies of profile ${name}: choose another, or profile frugal`,
    );
}

function checkDatabase({ profile: name, azure }: EnvironmentSettings, refuse: Refuse): void {
  if (!azure) return;
  const { tier, size } = azure.database;
  if (profiles[name].highAvailability && tier === "Burstable")
    refuse(
      "ecluse:azure.database.tier",
      tier,
      `has no stand-by, which profile ${name} needs: set it to GeneralPurpose`,
    );
  if (!databaseSizes[tier].includes(size))
    refuse(
      "ecluse:azure.database.size",
      size,
      `set it to a size of ${tier}: ${databaseSizes[tier].join(", ")}`,
    );
}

function checkPools({ profile: name, azure }: EnvironmentSettings, refuse: Refuse): void {
  const least = profiles[name].userNodes;
  if (azure && azure.nodes.maxUserNodes < least)
    refuse(
      "ecluse:azure.nodes.maxUserNodes",
      azure.nodes.maxUserNodes,
      `profile ${name} needs at least ${least}: set it to that or more`,
    );
}

/**
 * Kubernetes' Secrets are encrypted by a key in a private vault, which the API server reaches from a subnet of its
 * own.
 */
function checkApiServer({ tier, azure }: EnvironmentSettings, refuse: Refuse): void {
  const existing = azure?.network.existing;
  if (tier === "production" && existing && !existing.apiServerSubnetId)
    refuse(
      "ecluse:azure.network.existing.apiServerSubnetId",
      undefined,
      "production needs it: set it to a subnet delegated to Microsoft.ContainerService/managedClusters",
    );
}

/** What its protections rest on: who depends on a model needs a stand-by, alerts and a paid control plane. */
function checkProduction({ target, tier, profile }: EnvironmentSettings, refuse: Refuse): void {
  if (target === "azure" && tier === "production" && profile === "frugal")
    refuse(
      "ecluse:profile",
      profile,
      "production needs a stand-by of the database and copies in a second region: set it to standard or full",
    );
}

/** Who runs code of branches, and releases, must know whose. */
function checkRunner({ tier, cluster, forge }: EnvironmentSettings, refuse: Refuse): void {
  if (cluster?.builds && tier === "production")
    refuse(
      "ecluse:cluster.builds",
      cluster.builds,
      "images are built once, outside of production: remove it here, and set it in another environment",
    );
  const asks = (["runner", "builds"] as const).find((key) => cluster?.[key]);
  if (asks && !forge)
    refuse("ecluse:forge", forge, `ecluse:cluster.${asks} asks for a runner: set the url of a GitLab`);
}

/** NetworkPolicies let a monitor reach what alerts go to. */
function checkAlerts({ alerts: { webhook, mail }, cluster }: EnvironmentSettings, refuse: Refuse): void {
  if (!cluster) return;
  const { egressRanges, egressPorts } = cluster;
  const places = [
    ...(webhook ? [["webhook.url", webhook.url, Number(new URL(webhook.url).port || 443)] as const] : []),
    ...(mail ? [["mail.port", mail.port, mail.port] as const] : []),
  ];
  for (const [key, value, port] of places) {
    if (egressRanges.length === 0)
      refuse(
        `ecluse:alerts.${key}`,
        value,
        "no pod reaches it: name its range in ecluse:cluster.egressRanges",
      );
    else if (port !== 443 && !egressPorts.includes(port))
      refuse(
        `ecluse:alerts.${key}`,
        value,
        `no pod reaches port ${port}: add it to ecluse:cluster.egressPorts`,
      );
  }
}

/** Schedules of GitLab start it, in production alone; or the monitor at the local forge. */
function checkRetraining(settings: EnvironmentSettings, refuse: Refuse): void {
  const { tier, forge, retrainCron, monitorRetrains } = settings;
  const isScheduled = tier === "production" && typeof forge === "object";
  if (monitorRetrains && typeof forge !== "string" && !isScheduled)
    refuse("ecluse:monitorRetrains", true, "only production on a GitLab has pipelines that ask: remove it");
  if (monitorRetrains && typeof forge === "object" && !hasProtection(forge, "projectTokens"))
    refuse(
      "ecluse:monitorRetrains",
      true,
      "the monitor cannot see how a pipeline ended: remove it, or take a tier with project access tokens",
    );
  if (!retrainCron || isScheduled) return;
  refuse(
    "ecluse:retrainCron",
    retrainCron,
    "only production on a GitLab trains again by schedule: remove it",
  );
}

/** What a use case asks for, and the environment must have. */
function checkGpu({ useCases, azure }: EnvironmentSettings, refuse: Refuse): void {
  const greedy = useCases.find(({ training }) => training.gpu);
  if (azure && greedy && !azure.nodes.gpuSize)
    refuse(
      "ecluse:azure.nodes.gpuSize",
      undefined,
      `${greedy.name} may ask for a GPU: set it to a size of nodes, or training.gpu of the use case to false`,
    );
}

function checkGitlab({ gitlab }: ForgeSettings, refuse: Refuse): void {
  if (!gitlab) return;
  const { url, tier, edition, group } = gitlab;
  if (edition === "community" && tier !== "free")
    refuse("ecluse:gitlab.tier", tier, "the community edition has no other than free: set it to free");
  if (new URL(url).host === "gitlab.com" && !group.includes("/"))
    refuse(
      "ecluse:gitlab.group",
      group,
      `GitLab.com makes no top-level group by its API: make one there by hand, and set this to <that>/${group}`,
    );
}

const ofEnvironments = [
  checkNamespaces,
  checkImages,
  checkRegion,
  checkDatabase,
  checkPools,
  checkApiServer,
  checkProduction,
  checkRunner,
  checkAlerts,
  checkRetraining,
  checkGpu,
  ({ tier, azure }: EnvironmentSettings, refuse: Refuse) => azure && checkReach(tier, azure, refuse),
];

/** Thrown by a key that is wrong itself, where a check reads it. */
class NotRead extends Error {}

/** Settings whose wrong keys stop the check that reads one: it would only say the same again. */
function withoutBroken<T extends object>(settings: T, broken: ReadonlySet<string>): T {
  const get = (): never => {
    throw new NotRead();
  };
  return Object.defineProperties(
    { ...settings },
    Object.fromEntries([...broken].map((key) => [key, { get, enumerable: false }])),
  );
}

/** Rules that span several keys: every mistake among those keys that are right by themselves. */
export function crossFieldMistakes(
  settings: ForgeSettings | EnvironmentSettings,
  broken: ReadonlySet<string>,
): readonly InputError[] {
  const mistakes: InputError[] = [];
  const refuse: Refuse = (key, value, fix) => mistakes.push(new InputError(key, value, fix));
  const attempt = <T extends object>(of: T, checks: readonly ((settings: T, refuse: Refuse) => void)[]) => {
    for (const check of checks)
      try {
        check(withoutBroken(of, broken), refuse);
      } catch (error) {
        if (!(error instanceof NotRead)) throw error;
      }
  };
  attempt(settings, [checkPorts]);
  if (settings.kind === "forge") attempt(settings, [checkGitlab]);
  else attempt(settings, ofEnvironments);
  return mistakes;
}
