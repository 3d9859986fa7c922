import { isWord } from "../../azure";
import { allOf, every, implies, isNot, matches, matchesNot, not, unset } from "../../conditions";
import type { ResourceRule } from "../../rule";
import { byTls, closed } from "./pgHba";
import { clusterType } from "./stores";

const where = "components/kubernetes/postgresqlSpec.ts";
const cluster = { scope: "resource", types: [clusterType] } as const;
const parameter = (name: string) => `spec.postgresql.parameters.[${name}]`;
const on = (name: string) => isWord(parameter(name), "on", "true", "yes", "1", "all");

const rights = ["superuser", "createrole", "createdb", "replication", "bypassrls"];
const powerful = /^(pg_(execute_server_program|read_all_data|read_server_files|write_)|postgres$)/;
const ordinary = allOf(
  ...rights.map((right) => isNot(right, true)),
  every("inRoles", matchesNot("", powerful, "a role that reads and writes its own databases only")),
);

/** Rules on who reaches PostgreSQL in a cluster, and as what. */
export const clusterAccessRules: readonly ResourceRule[] = [
  {
    ...cluster,
    id: "CNPG-01",
    name: "no-outside-service",
    severity: "critical",
    environments: "all",
    description: "PostgreSQL in a cluster has no Service that is reached from outside of it.",
    remediation: `Take the Service out of spec.managed.services.additional, or make it a ClusterIP (${where}).`,
    check: every(
      "spec.managed.services.additional",
      allOf(
        isNot("serviceTemplate.spec.type", "LoadBalancer", "NodePort", "ExternalName"),
        unset("serviceTemplate.spec.externalIPs"),
      ),
    ),
  },
  {
    ...cluster,
    id: "CNPG-02",
    name: "pg-hba-closed",
    severity: "critical",
    environments: "all",
    description:
      "Named roles reach named databases of PostgreSQL by a hashed password or a certificate, and nobody else does.",
    remediation: `Name databases and roles in spec.postgresql.pg_hba, and end it with a reject (${where}).`,
    check: closed,
  },
  {
    ...cluster,
    id: "CNPG-03",
    name: "superuser-stays-inside",
    severity: "high",
    environments: "all",
    description: "No superuser logs in over the network, and no role has rights beyond its databases.",
    remediation: `Set enableSuperuserAccess to false, and take the right from the role (${where}).`,
    check: allOf(
      isNot("spec.enableSuperuserAccess", true),
      every("spec.managed.roles", implies(isNot("ensure", "absent"), ordinary)),
    ),
  },
  {
    ...cluster,
    id: "CNPG-04",
    name: "tls-required",
    severity: "high",
    environments: "all",
    description: "PostgreSQL in a cluster refuses connections without TLS.",
    remediation: `Write hostssl into the lines of spec.postgresql.pg_hba, and end it with a reject (${where}).`,
    check: byTls,
  },
  {
    ...cluster,
    id: "CNPG-05",
    name: "tls-1-2",
    severity: "medium",
    environments: "all",
    description: "PostgreSQL in a cluster speaks TLS 1.2 or later.",
    remediation: `Set ssl_min_protocol_version to TLSv1.3 in spec.postgresql.parameters (${where}).`,
    check: isWord(parameter("ssl_min_protocol_version"), "TLSv1.2", "TLSv1.3"),
  },
  {
    ...cluster,
    id: "CNPG-06",
    name: "log-of-sessions-and-changes",
    severity: "medium",
    environments: "production",
    description: "PostgreSQL in a cluster logs who comes and goes, and what is changed in it.",
    remediation: `Set the log_ parameters and pgaudit.log in spec.postgresql.parameters (${where}).`,
    check: allOf(
      on("log_connections"),
      on("log_disconnections"),
      on("log_checkpoints"),
      matches(parameter("pgaudit.log"), /\w/, "set"),
      not(isWord(parameter("pgaudit.log"), "none"), "pgaudit.log is none"),
    ),
  },
];
