import { hasProtection, type ProtectionName, protections } from "../components/gitlab/tiers";
import { gitlabTiers } from "../components/settings";
import { row } from "./profileTable";

const names = Object.keys(protections) as ProtectionName[];

/** Which tier of a self-managed GitLab has which protection, as a Markdown table, from what decides. */
export function tierTable(): string {
  const has = (name: ProtectionName) =>
    gitlabTiers.map((tier) => {
      const subscription = {
        tier,
        url: "https://gitlab.example.com",
        registryDatabase: true,
        group: "ecluse",
      };
      return hasProtection(subscription, name) ? "yes" : "no";
    });
  const rows = names.map((name) => {
    const { lost, standIn } = protections[name];
    return row([`\`${name}\``, ...has(name), lost, standIn]);
  });
  const head = [
    "protection",
    ...gitlabTiers.map((tier) => `\`${tier}\``),
    "lost without it",
    "what stands in",
  ];
  return [row(head), row(head.map(() => "---")), ...rows].join("\n");
}
