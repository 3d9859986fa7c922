import { UNKNOWN } from "../../../protocol/properties";
import { isNamed, isWord } from "../../azure";
import { allOf, every, given, is, unset } from "../../conditions";
import { byName, eachHas } from "../../relations";
import type { Condition, Rule, RuleText } from "../../rule";
import { read } from "../../values";
import { fail, open, passOn } from "../../verdict";

const parameters = {
  extensions: {
    type: "array",
    items: { type: "string" },
    description: "Extensions that a database may have; others read files, run programs or open connections.",
    default: ["pgaudit", "pg_stat_statements"],
  },
} as const;
const azure = { id: "PG-15", parameters } as const satisfies Pick<RuleText, "id" | "parameters">;
const cluster = { id: "CNPG-13", parameters } as const satisfies Pick<RuleText, "id" | "parameters">;

/** Every word of a list with commas, or of one, is an allowed extension. */
const allowed = (rule: typeof azure | typeof cluster, path: string): Condition =>
  given(
    rule,
    "extensions",
    (known: readonly string[]): Condition =>
      ({ value }) => {
        const written = read(value, path);
        if (written === UNKNOWN) return open(`${path} is not known yet`);
        const words = String(written ?? "")
          .toLowerCase()
          .split(/[\s,]+/)
          .filter(Boolean);
        const others = words.filter((word) => !known.includes(word));
        return others.length > 0
          ? fail(`${others.join(" and ")} is no extension of the rule's list`)
          : passOn(() => `${path} is ${words.join(", ") || "empty"}`);
      },
  );

const server = "azure-native:dbforpostgresql:Server";
const parameter = (name: string, check: Condition) => ({
  type: "azure-native:dbforpostgresql:Configuration",
  relation: byName("serverName"),
  which: isNamed("configurationName", name),
  check,
  sole: true as const,
  missing: `${name} is not set`,
});

const sql = ["postInitSQL", "postInitApplicationSQL", "postInitTemplateSQL", "postInitSQLRefs"];
const sqlRefs = ["postInitApplicationSQLRefs", "postInitTemplateSQLRefs"];

/** Rules on what PostgreSQL loads, and on guesses of who logs in. */
export const postgresExtensionRules: readonly Rule[] = [
  {
    ...azure,
    name: "extensions-named",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "The server offers and loads no extension but those of the list.",
    remediation:
      "Take it out of azure.extensions and shared_preload_libraries (components/azure/database.ts).",
    check: eachHas(
      server,
      parameter("azure.extensions", allowed(azure, "value")),
      parameter("shared_preload_libraries", allowed(azure, "value")),
    ),
  },
  {
    id: "PG-16",
    name: "guesses-slowed",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "The server slows down an address whose logins fail.",
    remediation: "Set connection_throttle.enable to on (components/azure/database.ts).",
    check: eachHas(server, parameter("connection_throttle.enable", isWord("value", "on"))),
  },
  {
    ...cluster,
    name: "extensions-named",
    scope: "resource",
    types: ["kubernetes:postgresql.cnpg.io/v1:Cluster", "kubernetes:postgresql.cnpg.io/v1:Database"],
    severity: "high",
    environments: "all",
    description:
      "PostgreSQL in a cluster loads no extension but those of the list, and runs no SQL at its start.",
    remediation:
      "Take it out of shared_preload_libraries, spec.extensions or postInit (components/kubernetes/postgresqlSpec.ts).",
    check: allOf(
      every("spec.postgresql.shared_preload_libraries", allowed(cluster, "")),
      every("spec.extensions", allowed(cluster, "name")),
      ...[...sql, ...sqlRefs].map((key) => unset(`spec.bootstrap.initdb.${key}`)),
    ),
  },
  {
    id: "CNPG-14",
    name: "databases-kept",
    scope: "resource",
    types: ["kubernetes:postgresql.cnpg.io/v1:Database"],
    severity: "high",
    environments: "all",
    description: "A database outlives its object in the cluster.",
    remediation: "Set spec.databaseReclaimPolicy to retain (components/kubernetes/postgresql.ts).",
    check: allOf(is("spec.databaseReclaimPolicy", "retain"), is("spec.ensure", "present")),
  },
];
