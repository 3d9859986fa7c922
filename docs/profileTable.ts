import { type Profile, profiles } from "../components/profiles";
import type { ProfileName } from "../components/settings";

const names = Object.keys(profiles) as ProfileName[];

/** A row of a Markdown table. */
export const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;

const yes = (value: boolean) => (value ? "yes" : "no");

/** What each decision is called, and how its value reads. */
const decisions: {
  readonly [Key in keyof Omit<Profile, "sizes">]: readonly [string, (value: Profile[Key]) => string];
} = {
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
const sizes: Readonly<Record<string, (of: Profile["sizes"]) => string>> = {
  "size of system nodes (default, Azure)": ({ system }) => system,
  "size of user nodes (default, Azure)": ({ user }) => user,
  "PostgreSQL (default, Azure)": ({ database: { tier, size, storageGb } }) =>
    `${tier} ${size}, ${storageGb} GB`,
};

/** The profiles as a Markdown table, from what decides. */
export function profileTable(): string {
  const decided = Object.entries(decisions).map(([key, [title, format]]) => {
    const show = format as (value: unknown) => string;
    return row([title, ...names.map((name) => show(profiles[name][key as keyof Profile]))]);
  });
  const sized = Object.entries(sizes).map(([title, show]) =>
    row([title, ...names.map((name) => show(profiles[name].sizes))]),
  );
  const heads = names.map((name) => `\`${name}\``);
  return [row(["", ...heads]), row(["---", ...names.map(() => "---")]), ...decided, ...sized].join("\n");
}
