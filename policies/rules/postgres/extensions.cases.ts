import { type Properties, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";

const server: Sketch = { type: "azure-native:dbforpostgresql:Server", inputs: { serverName: "psql" } };
const parameter = (configurationName: string, value: string): Sketch => ({
  type: "azure-native:dbforpostgresql:Configuration",
  name: configurationName,
  inputs: { configurationName, value, serverName: "psql" },
});
const extensions = (value: string) => parameter("azure.extensions", value);
const loaded = (value: string) => parameter("shared_preload_libraries", value);
const throttle = (value: string) => parameter("connection_throttle.enable", value);
const cluster = (spec: Properties) => ({ spec: { postgresql: {}, ...spec } });
const database = (spec: Properties): Sketch => ({
  type: "kubernetes:postgresql.cnpg.io/v1:Database",
  inputs: { spec },
});

/** Cases of the rules on what PostgreSQL loads and keeps. */
export const postgresExtensionCases: Cases = {
  "PG-15": {
    pass: [server, extensions("PGAUDIT"), loaded("pgaudit,pg_stat_statements")],
    fail: [
      [server, extensions("PGAUDIT,DBLINK"), loaded("pgaudit")],
      [server, extensions("PGAUDIT"), loaded("pgaudit,pg_cron")],
      [server, loaded("pgaudit")],
    ],
    open: [server, extensions(UNKNOWN), loaded("pgaudit")],
    notApplicable: [extensions("DBLINK")],
  },
  "PG-16": {
    pass: [server, throttle("on")],
    fail: [[server, throttle("off")], [server]],
    open: [server, throttle(UNKNOWN)],
  },
  "CNPG-13": {
    pass: cluster({ postgresql: { shared_preload_libraries: ["pgaudit"] } }),
    fail: [
      cluster({ postgresql: { shared_preload_libraries: ["pgaudit", "pg_cron"] } }),
      cluster({ bootstrap: { initdb: { postInitSQL: ["create extension dblink"] } } }),
      database({ extensions: [{ name: "plpython3u" }] }),
    ],
  },
  "CNPG-14": {
    pass: { spec: { databaseReclaimPolicy: "retain", ensure: "present" } },
    fail: [{ spec: { databaseReclaimPolicy: "delete", ensure: "present" } }, { spec: { ensure: "absent" } }],
  },
};
