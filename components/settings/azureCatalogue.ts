/** A region: whether it has availability zones, and the region that Azure keeps geo-redundant copies in. */
interface Region {
  readonly zones: boolean;
  readonly pair?: string;
}

/**
 * Regions of Azure's public cloud, by https://learn.microsoft.com/azure/reliability/regions-list (2026-11). A region
 * that is missing is one line to add. Some pairs are opened on request only: docs/azure.md, Prerequisites.
 */
export const regions: Readonly<Record<string, Region>> = {
  australiaeast: { zones: true, pair: "australiasoutheast" },
  brazilsouth: { zones: true, pair: "southcentralus" },
  canadacentral: { zones: true, pair: "canadaeast" },
  canadaeast: { zones: false, pair: "canadacentral" },
  centralindia: { zones: true, pair: "southindia" },
  centralus: { zones: true, pair: "eastus2" },
  eastasia: { zones: true, pair: "southeastasia" },
  eastus: { zones: true, pair: "westus" },
  eastus2: { zones: true, pair: "centralus" },
  francecentral: { zones: true, pair: "francesouth" },
  germanywestcentral: { zones: true, pair: "germanynorth" },
  italynorth: { zones: true },
  japaneast: { zones: true, pair: "japanwest" },
  koreacentral: { zones: true, pair: "koreasouth" },
  northcentralus: { zones: false, pair: "southcentralus" },
  northeurope: { zones: true, pair: "westeurope" },
  norwayeast: { zones: true, pair: "norwaywest" },
  polandcentral: { zones: true },
  southafricanorth: { zones: true, pair: "southafricawest" },
  southcentralus: { zones: true, pair: "northcentralus" },
  southeastasia: { zones: true, pair: "eastasia" },
  spaincentral: { zones: true },
  swedencentral: { zones: true, pair: "swedensouth" },
  switzerlandnorth: { zones: true, pair: "switzerlandwest" },
  uksouth: { zones: true, pair: "ukwest" },
  ukwest: { zones: false, pair: "uksouth" },
  westcentralus: { zones: false, pair: "westus2" },
  westeurope: { zones: true, pair: "northeurope" },
  westus: { zones: false, pair: "eastus" },
  westus2: { zones: true, pair: "westcentralus" },
  westus3: { zones: true, pair: "eastus" },
};

/** Sizes of nodes that a model platform sensibly uses: general purpose, memory, and GPU. */
export const nodeSizes: readonly string[] = [
  ...[2, 4, 8, 16, 32].flatMap((cores) => ["D", "E"].map((family) => `Standard_${family}${cores}s_v5`)),
  ...[2, 4, 8, 16, 32].flatMap((cores) => ["D", "E"].map((family) => `Standard_${family}${cores}as_v5`)),
  ...[2, 4, 8, 16, 32].flatMap((cores) => ["D", "E"].map((family) => `Standard_${family}${cores}ds_v5`)),
  ...[4, 8, 16].map((cores) => `Standard_D${cores}s_v6`),
];

/** Sizes of nodes with a GPU. */
export const gpuSizes: readonly string[] = [
  ...[4, 8, 16, 64].map((cores) => `Standard_NC${cores}as_T4_v3`),
  ...[24, 48, 96].map((cores) => `Standard_NC${cores}ads_A100_v4`),
  ...[6, 12, 18, 36, 72].map((cores) => `Standard_NV${cores}ads_A10_v5`),
];

/** Sizes of PostgreSQL Flexible Server by tier. */
export const databaseSizes: Readonly<
  Record<"Burstable" | "GeneralPurpose" | "MemoryOptimized", readonly string[]>
> = {
  Burstable: ["Standard_B1ms", "Standard_B2s", "Standard_B2ms", "Standard_B4ms"],
  GeneralPurpose: [2, 4, 8, 16, 32].flatMap((cores) => [
    `Standard_D${cores}ds_v5`,
    `Standard_D${cores}ads_v5`,
  ]),
  MemoryOptimized: [2, 4, 8, 16, 32].flatMap((cores) => [
    `Standard_E${cores}ds_v5`,
    `Standard_E${cores}ads_v5`,
  ]),
};

/** Storage of PostgreSQL Flexible Server that Azure sells, in GiB. */
export const databaseStorage: readonly number[] = [32, 64, 128, 256, 512, 1024, 2048, 4096];
