import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Profile, profiles } from "../components/profiles";
import type { AzureSettings, ProfileName } from "../components/settings";
import { projectRoot } from "../local/home";
import { readSettings } from "../stacks/settings";

const names = Object.keys(profiles) as ProfileName[];

/** A row of a Markdown table. */
export const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;

const yes = (value: boolean) => (value ? "yes" : "no");

/** What each decision is called, and how its value reads. */
const decisions: { readonly [Key in keyof Profile]: readonly [string, (value: Profile[Key]) => string] } = {
  summary: ["for", (text) => text],
  servingReplicas: [
    "pods of each model server",
    ([least, most]) => (least === most ? `${least}` : `${least}, up to ${most} by load`),
  ],
  proxyReplicas: ["pods of the login proxy", String],
  systemNodes: ["nodes of the system pool (Azure)", String],
  userNodes: ["least nodes of the user pool (Azure)", String],
  highAvailability: ["several zones, and a stand-by of PostgreSQL (Azure)", yes],
  geoRedundant: ["copies of backups and blobs in the paired region (Azure)", yes],
  backupDays: ["backups of PostgreSQL, in days", String],
  logRetentionDays: ["logs, in days; at least 90, in production 365 (Azure)", String],
  metricAlerts: ["metric alerts; production always has them (Azure)", yes],
  clusterSla: ["paid control plane with an SLA (Azure)", yes],
};

/** Sizes on Azure that a profile gives where the stack's file has none. */
const sizes: Readonly<Record<string, (azure: AzureSettings) => string>> = {
  "size of system nodes (default, Azure)": ({ nodes }) => nodes.systemSize,
  "size of user nodes (default, Azure)": ({ nodes }) => nodes.userSize,
  "PostgreSQL (default, Azure)": ({ database }) =>
    `${database.tier} ${database.size}, ${database.storageGb} GB`,
};

function azureOf(profile: ProfileName): AzureSettings {
  const text = readFileSync(join(projectRoot, "Pulumi.dev.yaml"), "utf8");
  const settings = readSettings("dev", text, { "ecluse:profile": profile });
  if (settings.kind !== "environment" || !settings.azure)
    throw new Error("Pulumi.dev.yaml is no environment on Azure, whose defaults the table of profiles shows");
  return settings.azure;
}

/** The profiles as a Markdown table, from what decides. */
export function profileTable(): string {
  const decided = Object.entries(decisions).map(([key, [title, format]]) => {
    const show = format as (value: unknown) => string;
    return row([title, ...names.map((name) => show(profiles[name][key as keyof Profile]))]);
  });
  const sized = Object.entries(sizes).map(([title, show]) =>
    row([title, ...names.map((name) => show(azureOf(name)))]),
  );
  const heads = names.map((name) => `\`${name}\``);
  return [row(["", ...heads]), row(["---", ...names.map(() => "---")]), ...decided, ...sized].join("\n");
}
