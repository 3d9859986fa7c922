import { isNamed, isWord, logs } from "../../azure";
import { allOf, matches, not } from "../../conditions";
import { byName, type Companion, eachHas, judged } from "../../relations";
import type { Condition, Rule } from "../../rule";

const server = "azure-native:dbforpostgresql:Server";
const administrator = "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra";
const where = "components/azure/database.ts";
const unstated =
  "A parameter that the program leaves out is refused, whatever Azure's default: nobody would see or " +
  "undo a change by hand.";

const parameter = (name: string, value: Condition): Companion => ({
  type: "azure-native:dbforpostgresql:Configuration",
  relation: byName("serverName"),
  which: isNamed("configurationName", name),
  check: value,
  sole: true,
  missing: `${name} is not set`,
});

const on = (name: string) => parameter(name, isWord("value", "on"));

const group: Companion = {
  type: administrator,
  relation: byName("serverName"),
  which: isWord("principalType", "Group"),
  check: isWord("principalType", "Group"),
  missing: "no group administers the server",
};
const nobodyAlone = not(isWord("principalType", "User"), "a person alone administers the server");

/** Rules on a PostgreSQL server's administrators, parameters and logs. */
export const postgresContentsRules: readonly Rule[] = [
  {
    id: "PG-05",
    name: "group-administers",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "A group administers the server, and no person alone.",
    remediation: "Name a group of Entra in ecluse:azure.groups.databaseAdmins.",
    *check(stack, context) {
      yield* eachHas(server, group)(stack, context);
      for (const one of stack.of(administrator)) yield { urn: one.urn, ...judged(nobodyAlone, one, context) };
    },
  },
  {
    id: "PG-06",
    name: "tls-required",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "The server refuses connections without TLS.",
    remediation: `Set require_secure_transport to on in ${where}.`,
    deviation: unstated,
    check: eachHas(server, on("require_secure_transport")),
  },
  {
    id: "PG-07",
    name: "tls-1-2",
    scope: "stack",
    severity: "medium",
    environments: "all",
    description: "The server speaks TLS 1.2 or later.",
    remediation: `Set ssl_min_protocol_version to TLSv1.2 in ${where}.`,
    deviation: unstated,
    check: eachHas(server, parameter("ssl_min_protocol_version", isWord("value", "TLSv1.2", "TLSv1.3"))),
  },
  {
    id: "PG-08",
    name: "log-of-sessions-and-changes",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "The server logs who comes and goes, and what is changed in it.",
    remediation: `Set the log_ parameters, shared_preload_libraries and pgaudit.log in ${where}.`,
    deviation: "pgaudit must be in shared_preload_libraries too: without it pgaudit.log does nothing.",
    check: eachHas(
      server,
      on("log_connections"),
      on("log_disconnections"),
      on("log_checkpoints"),
      parameter("shared_preload_libraries", matches("value", /\bpgaudit\b/i, "a list with pgaudit")),
      parameter(
        "pgaudit.log",
        allOf(matches("value", /\w/, "set"), not(isWord("value", "none"), "pgaudit.log is none")),
      ),
    ),
  },
  {
    id: "PG-12",
    name: "logs-sent",
    scope: "stack",
    severity: "medium",
    environments: "all",
    description: "The server's logs go to the workspace.",
    remediation: "Send PostgreSQLLogs by sendLogs for the database (components/azure/database.ts).",
    check: eachHas(server, logs(["PostgreSQLLogs"])),
  },
];
