import { z } from "zod";
import { type AzureSizes, profiles } from "../profiles";
import { databaseSizes, databaseStorage, gpuSizes, nodeSizes, regions } from "./azureCatalogue";
import { azureNetwork } from "./azureNetwork";
import type { profileNames } from "./choices";
import {
  choice,
  distinct,
  fields,
  flag,
  guid,
  integer,
  list,
  matching,
  number,
  publicRange,
  text,
  unionError,
} from "./values";

const byProfile = { shown: "by profile" };

const nodes = fields({
  kubernetesVersion: matching(/^1\.\d{2}$/, "a minor version such as 1.34")
    .default("1.34")
    .describe("minor version"),
  systemSize: choice(nodeSizes).optional().describe("VM size of system nodes").meta(byProfile),
  userSize: choice(nodeSizes).optional().describe("VM size of user nodes").meta(byProfile),
  maxUserNodes: integer(1, 100).default(4).describe("most nodes of the user pool"),
  gpuSize: choice(gpuSizes).optional().describe("VM size of a GPU pool, which is empty while nobody trains"),
  zones: list(matching(/^[123]$/, '"1", "2" or "3"'), 'zones, as ["1", "2", "3"]')
    .superRefine(distinct)
    .optional()
    .describe("availability zones")
    .meta({ shown: '`["1", "2", "3"]`; `[]` for `frugal`, and where the region has none' }),
}).prefault({});

const tiers = ["Burstable", "GeneralPurpose", "MemoryOptimized"] as const;

const database = fields({
  tier: choice(tiers).optional().describe("tier of PostgreSQL Flexible Server").meta(byProfile),
  size: choice(Object.values(databaseSizes).flat())
    .optional()
    .describe("size of PostgreSQL Flexible Server, one of its tier")
    .meta(byProfile),
  storageGb: integer(32, 4096)
    .refine((size) => databaseStorage.includes(size), `set it to ${databaseStorage.join(", ")}`)
    .optional()
    .describe("GiB of PostgreSQL, in the steps that Azure sells; only grows")
    .meta(byProfile),
  access: choice(["privateEndpoint", "delegatedSubnet"])
    .default("privateEndpoint")
    .describe("`privateEndpoint` or `delegatedSubnet`; final"),
  version: choice(["17", "18"])
    .default("17")
    .describe("major version of PostgreSQL, in quotes; raised [by hand](azure.md#postgresql-major) first"),
  pgaudit: flag()
    .default(true)
    .describe(
      "whether PostgreSQL logs changes of schema and roles; `false` only during a major upgrade, as `PG-08` says",
    ),
}).prefault({});

const groups = fields({
  clusterAdmins: guid().describe(
    "object id of the Entra group that administers the cluster; the person or identity that runs `up` is in it",
  ),
  databaseAdmins: fields({
    id: guid().describe("its object id"),
    name: text().describe("its exact name, which PostgreSQL logs in by"),
  }).describe("Entra group that administers PostgreSQL, by the two keys below"),
  dataLanders: guid()
    .optional()
    .describe("object id of the group that may land data")
    .meta({ shown: "none: nobody" }),
  auditors: guid()
    .optional()
    .describe("object id of the group that reads reports and logs")
    .meta({ shown: "none: nobody" }),
});

const login = choice(["azurecli", "workloadidentity"])
  .default("azurecli")
  .describe("how kubelogin gets a token: `azurecli` for people, `workloadidentity` in the pipeline");

const ranges = list(publicRange(), "CIDR ranges")
  .min(1, "list the addresses that pulumi is run from")
  .superRefine(distinct)
  .describe("your public addresses, with `reach: ranges`; none wider than a /8");

/** How the one who runs `pulumi up` reaches the cluster's API, and who that is. */
const deployer = z
  .discriminatedUnion(
    "reach",
    [
      fields({
        reach: z
          .literal("vnet")
          .describe(
            "`vnet`: private API, reached from the network; `ranges`: public API for these addresses, " +
              "not in production",
          ),
        login,
      }),
      fields({ reach: z.literal("ranges"), ranges, login }),
    ],
    unionError("reach", ["vnet", "ranges"]),
  )
  .transform(({ login, ...way }) => ({
    /** `vnet`: from inside of the network or by its VPN; `ranges`: from these addresses, to a public API. */
    reach: way.reach === "vnet" ? way.reach : { ranges: way.ranges },
    login,
  }));

/** Azure keeps a budget from June 2017 on, and none that is over: it lasts ten years here. */
const isOpen = (start: string) =>
  start >= "2017-06-01" && Number(start.slice(0, 4)) + 10 > new Date().getUTCFullYear();

const budget = fields({
  amount: number(1, 1_000_000).describe("monthly budget in the subscription's currency"),
  startDate: matching(/^20\d\d-(0[1-9]|1[0-2])-01$/, "the first of a month, such as 2026-12-01")
    .refine(isOpen, "lasted for ten years and is over: set it to the first of this month or the next")
    .describe("the first of a month, since when it counts"),
});

/** Settings of an environment on Azure, as the file has them. */
export const azure = fields({
  subscriptionId: guid().describe("where everything is made, whatever `az account show` says"),
  tenantId: guid().describe("the tenant of Entra, whatever `az account show` says"),
  location: choice(Object.keys(regions)).describe(
    "region, such as `northeurope`; profiles `standard` and `full` need one with a paired region, which " +
      "may have to be [opened for you](azure.md#prerequisites)",
  ),
  instance: matching(/^[a-z0-9]{2,6}$/, "2 to 6 of a-z and 0-9").describe(
    "2 to 6 of a-z, 0-9 in names that are unique in the world; change it when a purge-protected name is taken",
  ),
  resourceGroup: matching(/^[\w().-]{0,89}[\w()-]$/, "a name of up to 90 letters, digits, ( ) . _ -")
    .optional()
    .describe("the environment's own group; no two environments share one")
    .meta({ shown: "`rg-ecluse-<environment>`" }),
  network: azureNetwork,
  nodes,
  database,
  groups,
  deployer,
  budget,
  alertEmails: list(matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address"), "e-mail addresses")
    .min(1, "nobody would be written to: name at least one e-mail address")
    .superRefine(distinct)
    .describe("who is written to"),
});

/**
 * Settings of an environment on Azure with what the profile, the region and the environment's name decide where the
 * file does not.
 */
export function completeAzure(
  file: z.output<typeof azure>,
  profile: (typeof profileNames)[number],
  environment: string,
) {
  const { sizes } = profiles[profile];
  const region = regions[file.location];
  return {
    ...file,
    /**
     * The region of geo-redundant copies, where a customer-managed key for them must be too; undefined where Azure has
     * no pair.
     */
    ...(region?.pair && { pairedLocation: region.pair }),
    resourceGroup: file.resourceGroup ?? `rg-ecluse-${environment}`,
    nodes: {
      ...file.nodes,
      systemSize: file.nodes.systemSize ?? sizes.system,
      userSize: file.nodes.userSize ?? sizes.user,
      zones: file.nodes.zones ?? (region?.zones && profile !== "frugal" ? ["1", "2", "3"] : []),
    },
    database: completeDatabase(file.database, sizes.database),
  };
}

const completeDatabase = (file: z.output<typeof azure>["database"], sizes: AzureSizes["database"]) => ({
  ...file,
  tier: file.tier ?? sizes.tier,
  size: file.size ?? sizes.size,
  storageGb: file.storageGb ?? sizes.storageGb,
});
