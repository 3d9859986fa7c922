import { expect, test } from "vitest";
import { fillServer } from "./databaseContents";
import { databaseServer } from "./databaseServer";
import { identities } from "./identities";
import { contextOf, fakeNetwork, type Variant } from "./rolesFixture";
import { type Registered, registeredBy } from "./rolesRecorder";

const contentsOf = (variant: Variant) =>
  registeredBy(() => {
    const context = contextOf(variant);
    const namespace = `${variant.environment}-platform`;
    const administrator = identities(context, "https://oidc/").of({ role: "database-admin", namespace });
    fillServer(context, databaseServer(context, fakeNetwork()), administrator);
  });

const parameters = (all: Registered[]) =>
  all.filter(({ type }) => type === "azure-native:dbforpostgresql:Configuration");

test("administrators are the group of people and the identity of the Job that makes roles", async () => {
  const all = await contentsOf({ environment: "prod" });
  const administrators = all.filter(({ type }) => type.endsWith(":AdministratorsMicrosoftEntra"));
  expect(
    administrators.map(({ inputs }) => [inputs.objectId, inputs.principalName, inputs.principalType]),
  ).toEqual([
    ["dba-id", "dba", "Group"],
    ["principal-of-database-admin-identity", "id-ecluse-prod-database-admin", "ServicePrincipal"],
  ]);
});

test.each(["dev", "prod"] as const)(
  "%s asks for TLS, throttles logins and logs what administrators do",
  async (environment) => {
    const all = await contentsOf({ environment });
    const values = Object.fromEntries(
      parameters(all).map(({ inputs }) => [inputs.configurationName, inputs.value]),
    );
    expect(values).toEqual({
      require_secure_transport: "on",
      ssl_min_protocol_version: "TLSv1.2",
      log_connections: "on",
      log_disconnections: "on",
      log_checkpoints: "on",
      "connection_throttle.enable": "on",
      "azure.extensions": "PGAUDIT",
      shared_preload_libraries: "pgaudit,pg_stat_statements",
      "pgaudit.log": "ddl,role",
    });
  },
);

test("administrators, parameters and databases are made one after another", async () => {
  const all = await contentsOf({ environment: "prod" });
  const inServer = all.filter(
    ({ name, type }) => name.startsWith("database-") && type.includes(":dbforpostgresql:"),
  );
  const chain = inServer.map(({ name, dependsOn }) => [
    dependsOn.filter((other) => inServer.some((one) => one.name === other)),
    name,
  ]);
  const next = new Map(chain.map(([before, name]) => [String(before), name]));
  expect(next.size).toBe(13);
  const order: string[] = [];
  for (let last = ""; next.has(last); last = order.at(-1) as string) order.push(String(next.get(last)));
  expect(order.slice(0, 2)).toEqual(["database-administrators-group", "database-administrators-job"]);
  expect(order.slice(-2)).toEqual(["database-tracking", "database-auth"]);
  expect(order.indexOf("database-azure.extensions")).toBeLessThan(order.indexOf("database-pgaudit.log"));
  expect(order).toHaveLength(13);
});
