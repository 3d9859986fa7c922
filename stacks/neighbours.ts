import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { overlaps } from "../components/azure/cidr";
import { InputError, SettingsError } from "../components/errors";
import { namespaces } from "../components/naming";
import type { EnvironmentSettings, ForgeSettings } from "../components/settings";
import { readSettings, type Settings } from "./settings";

type Clash = readonly [key: string, value: string | undefined];

/** The settings of the other stacks of the checkout; a file with an error of its own is its owner's matter. */
function others(stack: string, folder: string): Settings[] {
  const names = readdirSync(folder).map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1]);
  return names.flatMap((name) => {
    if (name === undefined || name === stack) return [];
    try {
      return [readSettings(name, readFileSync(join(folder, `Pulumi.${name}.yaml`), "utf8"))];
    } catch (error) {
      if (error instanceof SettingsError || error instanceof InputError) return [];
      throw error;
    }
  });
}

/** What two environments may not have in common, as key and value. */
function exclusive(settings: EnvironmentSettings): Clash[] {
  const { environment, azure, kubernetes, cluster } = settings;
  const { people } = cluster ?? {};
  const { databaseAdmins, ...groups } = azure?.groups ?? {};
  const existing = Object.entries(azure?.network.existing ?? {});
  return [
    ["ecluse:cluster.domain", cluster?.domain],
    ["ecluse:cluster.people.clientId", people && `${people.clientId} of ${people.issuer}`],
    ["ecluse:azure.groups.databaseAdmins.id", databaseAdmins?.id],
    ...Object.entries(groups).map(([name, id]): Clash => [`ecluse:azure.groups.${name}`, id]),
    // Azure ignores the case of ids.
    ...existing.map(([name, id]): Clash => [`ecluse:azure.network.existing.${name}`, id.toLowerCase()]),
    ["ecluse:environment", environment],
    ["ecluse:azure.resourceGroup", azure && `${azure.subscriptionId}/${azure.resourceGroup}`.toLowerCase()],
    [
      "ecluse:kubernetes.objectStore.prefix",
      kubernetes && kubernetes.objectStore.kind !== "deployed"
        ? `${kubernetes.objectStore.endpoint}/${kubernetes.objectStore.prefix}`
        : undefined,
    ],
  ];
}

/** Whether two environments could meet at all: local ones, those on a cluster, and those on Azure are separate. */
const sameGround = (one: EnvironmentSettings, other: Settings): other is EnvironmentSettings =>
  other.kind === "environment" && one.target === other.target;

/**
 * A group or a subnet may not come back under another key either: who administers one environment administers no
 * other.
 */
const sort = (key: string) => key.replace(/^(ecluse:azure\.(groups|network\.existing))\..*/, "$1");

function* sharedValues(mine: EnvironmentSettings, other: EnvironmentSettings): Iterable<InputError> {
  const theirs = new Set(exclusive(other).map(([key, value]) => `${sort(key)} ${value}`));
  for (const [key, value] of exclusive(mine))
    if (value !== undefined && theirs.has(`${sort(key)} ${value}`))
      yield new InputError(key, value, `Pulumi.${other.stack}.yaml has the same: environments share nothing`);
}

/** Names of storage accounts have no dashes, so that `pre-prod` and `preprod` would ask for the same one. */
function* sharedNames(
  mine: EnvironmentSettings,
  { environment, stack }: EnvironmentSettings,
): Iterable<InputError> {
  const plain = (name: string) => name.replaceAll("-", "");
  if (mine.environment !== environment && plain(mine.environment) === plain(environment))
    yield new InputError(
      "ecluse:environment",
      mine.environment,
      `differs only by dashes from ${environment} of Pulumi.${stack}.yaml, and some names have none: choose another`,
    );
}

/** Every namespace of an environment on a cluster. */
function namespacesOf({ environment, useCases }: EnvironmentSettings): readonly string[] {
  const { useCase, ci, ...own } = namespaces(environment);
  return [...Object.values(own), ...useCases.flatMap(({ name }) => [useCase(name), ci(name)])];
}

/** One cluster may hold several environments: use case `b-c` of `a` has the namespace of use case `c` of `a-b`. */
function* sharedNamespaces(mine: EnvironmentSettings, other: EnvironmentSettings): Iterable<InputError> {
  if (mine.target !== "kubernetes" || mine.environment === other.environment) return;
  const theirs = new Set(namespacesOf(other));
  const shared = namespacesOf(mine).find((name) => theirs.has(name));
  if (shared)
    yield new InputError(
      "ecluse:environment",
      mine.environment,
      `its namespace ${shared} is one of Pulumi.${other.stack}.yaml too: choose another name of the ` +
        "environment or its use case",
    );
}

/** Addresses of another environment are neither taken nor let in. */
function* sharedRanges(mine: EnvironmentSettings, other: EnvironmentSettings): Iterable<InputError> {
  const [own, their] = [mine.azure?.network, other.azure?.network];
  if (!own || !their) return;
  const ranges: Clash[] = [
    ["ecluse:azure.network.addressSpace", own.addressSpace],
    ...own.clientRanges.map((range, at): Clash => [`ecluse:azure.network.clientRanges[${at}]`, range]),
  ];
  for (const [key, range] of ranges)
    if (range !== undefined && overlaps(range, their.addressSpace))
      yield new InputError(
        key,
        range,
        `overlaps ${their.addressSpace} of Pulumi.${other.stack}.yaml: choose another range`,
      );
}

const pairChecks = [sharedValues, sharedNames, sharedNamespaces, sharedRanges];

/** The forges on GitLab among stacks. */
const gitlabs = (stacks: readonly Settings[]) =>
  stacks.flatMap((each) =>
    each.kind === "forge" && each.gitlab ? [[each.stack, each.gitlab] as const] : [],
  );

/** Two stacks would each undo what the other makes of one group. */
function* sharedGroup({ gitlab }: ForgeSettings, around: readonly Settings[]): Iterable<InputError> {
  const double = gitlabs(around).find(([, { url, group }]) => url === gitlab?.url && group === gitlab.group);
  if (double)
    yield new InputError(
      "ecluse:gitlab.group",
      gitlab?.group,
      `Pulumi.${double[0]}.yaml makes the same at ${gitlab?.url}: choose another`,
    );
}

/** Where a stack here makes the GitLab's group, an environment must mean that one. */
function* otherForge({ forge }: EnvironmentSettings, around: readonly Settings[]): Iterable<InputError> {
  if (typeof forge !== "object") return;
  // Another GitLab than that of the checkout's stacks is somebody else's matter.
  const made = gitlabs(around).filter(([, { url }]) => url === forge.url);
  if (made.length === 0) return;
  const found = made.find(([, { group }]) => group === forge.group);
  if (!found) {
    const known = made.map(([stack, { group }]) => `${group} (Pulumi.${stack}.yaml)`).join(", ");
    yield new InputError("ecluse:forge.group", forge.group, `no stack makes that group: set it to ${known}`);
    return;
  }
  const [stack, { tier }] = found;
  if (tier !== forge.tier)
    yield new InputError(
      "ecluse:forge.tier",
      forge.tier,
      `set it to ${tier}, as Pulumi.${stack}.yaml has it`,
    );
}

/** The names of the environments of `folder` whose stacks name this forge. */
export function environmentsOf({ stack, gitlab }: ForgeSettings, folder: string): readonly string[] {
  const names = others(stack, folder).flatMap((other) =>
    other.kind === "environment" &&
    typeof other.forge === "object" &&
    other.forge.url === gitlab?.url &&
    other.forge.group === gitlab.group
      ? [other.environment]
      : [],
  );
  return [...new Set(names)].sort();
}

/**
 * Refuses an environment that shares a name or an address range with another stack file of `folder`, and stacks that
 * do not agree on the forge.
 * @throws SettingsError with every mistake.
 */
export function checkNeighbours(settings: Settings, folder: string): void {
  if (settings.target === "local") return;
  const around = others(settings.stack, folder);
  const mistakes =
    settings.kind === "forge"
      ? [...sharedGroup(settings, around)]
      : [
          ...otherForge(settings, around),
          ...around.flatMap((other) =>
            sameGround(settings, other) ? pairChecks.flatMap((check) => [...check(settings, other)]) : [],
          ),
        ];
  if (mistakes.length > 0) throw new SettingsError(mistakes, `Pulumi.${settings.stack}.yaml`);
}
