import { isWord } from "../../azure";
import { allOf, anyOf, holds, implies, inProduction, never, not, ofType, set } from "../../conditions";
import type { Condition, Rule } from "../../rule";
import { text } from "../../values";
import { fail, pass } from "../../verdict";

const type = "azure-native:dbforpostgresql:Server";
const firewallRule = "azure-native:dbforpostgresql:FirewallRule";
const where = "components/azure/database.ts";
const server = { scope: "resource", types: [type] } as const;

const withinOneEight: Condition = ({ value }) => {
  const [start, end] = [text(value, "startIpAddress"), text(value, "endIpAddress")];
  // What is missing or not known yet is judged by itself.
  if (start === undefined || end === undefined || start.split(".")[0] === end.split(".")[0]) return pass;
  return fail("startIpAddress and endIpAddress are of different /8 ranges, and must be of one");
};
const address = (path: string) =>
  holds(
    path,
    (value) => value !== "0.0.0.0" && /^\d+(\.\d+){3}$/.test(String(value)),
    "an address of its own",
  );

/** Rules on the PostgreSQL server: who reaches it, and with which identity. */
export const postgresAccessRules: readonly Rule[] = [
  {
    ...server,
    id: "PG-01",
    name: "no-public-access",
    severity: "critical",
    environments: "all",
    description: "The server has no address outside of the network.",
    remediation: `Set network.publicNetworkAccess to Disabled in ${where}.`,
    check: anyOf(isWord("network.publicNetworkAccess", "Disabled"), set("network.delegatedSubnetResourceId")),
  },
  {
    id: "PG-02",
    name: "firewall-closed",
    scope: "resource",
    severity: "critical",
    environments: "all",
    types: [type, firewallRule],
    description:
      "No firewall rule opens the server to all of Azure or of the internet, and production has no such rule at all.",
    remediation: "Remove the FirewallRule, and reach the server by its private endpoint.",
    deviation: "Ranges that span several /8 are refused too: 0.0.0.1 to 255.255.255.254 is as good as all.",
    check: ofType(
      firewallRule,
      allOf(
        implies(inProduction, never("production has a firewall rule")),
        address("startIpAddress"),
        address("endIpAddress"),
        withinOneEight,
      ),
    ),
  },
  {
    ...server,
    id: "PG-03",
    name: "entra-logs-in",
    severity: "high",
    environments: "all",
    description: "People and pods log in with Entra's tokens.",
    remediation: `Set authConfig.activeDirectoryAuth to Enabled in ${where}.`,
    check: isWord("authConfig.activeDirectoryAuth", "Enabled"),
  },
  {
    ...server,
    id: "PG-04",
    name: "no-passwords",
    severity: "high",
    environments: "production",
    description: "The server knows no passwords.",
    remediation: `Set authConfig.passwordAuth to Disabled in ${where}, and leave administratorLoginPassword out.`,
    check: allOf(
      isWord("authConfig.passwordAuth", "Disabled"),
      // Not `unset`, which would write the password into the finding.
      not(set("administratorLoginPassword"), "administratorLoginPassword is set, and must be left out"),
    ),
  },
];
