import { beforeAll, describe, expect, it } from "vitest";
import { pluginSettings } from "../../local/engine/provider-resources";
import { isObject, type Value } from "../../protocol/properties";
import { productionRows, rows } from "./azureTable";
import { at, type Graph, graph, ofType, type Planned, textAt } from "./plan";

const graphs: Record<string, Graph> = {};
const planned = (stack: string) => graphs[stack] as Graph;

beforeAll(async () => {
  for (const stack of ["dev", "prod"]) graphs[stack] = await graph(stack);
}, 240_000);

/** The value that every resource of a type has at a path. */
function common(stack: string, type: string, path: string): Value | undefined {
  const values = ofType(planned(stack), type).map(({ inputs }) => at(inputs, path));
  const texts = new Set(values.map((value) => JSON.stringify(value)));
  expect([...texts], `${type} ${path} of ${values.length} resources`).toHaveLength(1);
  return values[0];
}

describe.each(["dev", "prod"])("on Azure, %s", (stack) => {
  it.each(rows)("has in each %s %s as it must be", (type, path, dev, prod) => {
    expect(common(stack, type, path)).toEqual(stack === "dev" ? dev : prod);
  });

  it("opens no firewall, peers no network, and makes no token of the registry", () => {
    const closed = [
      "dbforpostgresql:FirewallRule",
      "network:VirtualNetworkPeering",
      "containerregistry:Token",
      "keyvault:AccessPolicy",
    ];
    expect(closed.flatMap((type) => ofType(planned(stack), type))).toEqual([]);
  });

  it("has PostgreSQL refuse plain connections and log who does what", () => {
    const found = ofType(planned(stack), "dbforpostgresql:Configuration");
    const values = Object.fromEntries(
      found.map((each) => [textAt(each, "configurationName"), textAt(each, "value")]),
    );
    expect(values).toMatchObject({
      require_secure_transport: "on",
      ssl_min_protocol_version: "TLSv1.2",
      log_connections: "on",
      log_disconnections: "on",
      log_checkpoints: "on",
      "pgaudit.log": "ddl,role",
      "connection_throttle.enable": "on",
    });
  });

  it("has PostgreSQL administered by a group and by the Job that makes its roles, both of Entra", () => {
    const found = ofType(planned(stack), "dbforpostgresql:AdministratorsMicrosoftEntra");
    expect(found.map((each) => textAt(each, "principalType")).sort()).toEqual(["Group", "ServicePrincipal"]);
  });

  it("lets each subnet's rules end by refusing all, and lets nobody in from the Internet", () => {
    const groups = ofType(planned(stack), "network:NetworkSecurityGroup");
    expect(groups).toHaveLength(4);
    for (const group of groups) {
      const rules = (at(group.inputs, "securityRules") as Value[]).filter(isObject);
      expect(rules.at(-1)).toMatchObject({
        access: "Deny",
        direction: "Inbound",
        priority: 4096,
        protocol: "*",
        sourceAddressPrefix: "*",
        destinationAddressPrefix: "*",
        destinationPortRange: "*",
      });
      const sources = rules
        .filter(({ access, direction }) => access === "Allow" && direction === "Inbound")
        .flatMap(({ sourceAddressPrefix: one, sourceAddressPrefixes: many }) => many ?? one ?? "*");
      expect(sources.filter((from) => /^(\*|Internet|Any|0\.0\.0\.0\/0)$/i.test(String(from)))).toEqual([]);
    }
  });

  it(
    "lets the clients that its file names reach the servers, the stores and PostgreSQL, and no tag but the " +
      "probes",
    () => {
      const clients = stack === "dev" ? ["172.16.20.0/24"] : ["10.21.15.0/24", "172.16.21.0/24"];
      const [space, nodes] =
        stack === "dev" ? ["10.20.0.0/20", "10.20.0.0/21"] : ["10.21.0.0/20", "10.21.0.0/21"];
      const opened = ofType(planned(stack), "network:NetworkSecurityGroup").flatMap(({ inputs }) =>
        (at(inputs, "securityRules") as Value[]).filter(isObject),
      );
      const from = (name: string) =>
        opened
          .filter((rule) => rule.name === `allow-${name}`)
          .map(({ sourceAddressPrefixes: many, sourceAddressPrefix: one, destinationPortRanges: ports }) => [
            many ?? [one],
            ports,
          ]);
      const apiServer = stack === "dev" ? "10.20.14.0/24" : "10.21.14.0/24";
      expect(from("ingress")).toEqual([[[space, ...clients], ["443"]]]);
      expect(from("services")).toEqual([[[nodes, apiServer, ...clients], ["443"]]]);
      expect(from("postgresql")).toEqual([
        [[nodes, ...clients], ["5432"]],
        [[nodes, ...clients], ["5432"]],
      ]);
      expect(from("clients")).toEqual([[clients, ["443"]]]);
      const tags = opened.flatMap(
        ({ access, sourceAddressPrefix: one }) => (access === "Allow" && one) || [],
      );
      expect(new Set(tags.filter((tag) => !/^\d/.test(String(tag))))).toEqual(new Set(["AzureLoadBalancer"]));
    },
  );

  it("writes to people before and when the budget is spent", () => {
    const [budget] = ofType(planned(stack), "consumption:Budget") as [Planned];
    const notes = Object.values(budget.inputs.notifications as Record<string, Value>).filter(isObject);
    expect(notes.map(({ thresholdType, threshold }) => `${thresholdType} ${threshold}`).sort()).toEqual([
      "Actual 100",
      "Actual 50",
      "Actual 80",
      "Forecasted 100",
    ]);
    for (const note of notes) {
      expect(note).toMatchObject({ enabled: true, contactEmails: ["ml-platform@example.com"] });
      expect(note.contactGroups).toHaveLength(1);
    }
  });

  it("marks all that can be marked with environment, tier, owner, cost center and classification", () => {
    const tagged = planned(stack).resources.filter(({ inputs }) => isObject(inputs.tags));
    expect(tagged.length).toBeGreaterThan(20);
    for (const { inputs, urn } of tagged)
      expect(inputs.tags, urn).toMatchObject({
        environment: stack,
        tier: stack === "dev" ? "development" : "production",
        owner: "ml-platform@example.com",
        "cost-center": "ml-platform",
        "data-classification": stack === "dev" ? "internal" : "confidential",
      });
  });

  it("gives its provider a subscription and a tenant, and no secret", () => {
    const [provider] = ofType(planned(stack), "pulumi:providers:azure-native") as [Planned];
    const { environment: _cloud, ...inputs } = pluginSettings(provider.inputs);
    expect(inputs).toEqual({
      subscriptionId: `00000000-0000-0000-0000-0000000000${stack === "dev" ? "d1" : "e1"}`,
      tenantId: "00000000-0000-0000-0000-0000000000ff",
    });
  });
});

describe("production on Azure", () => {
  it.each(productionRows)("has in each %s %s as it must be", (type, path, _dev, prod) => {
    expect(common("prod", type, path)).toEqual(prod);
  });

  it("locks the database, the storage account and the vaults, which development leaves free", () => {
    const locks = ofType(planned("prod"), "authorization:ManagementLockByScope");
    const scopes = locks.map((each) => textAt(each, "scope").split("/").at(-1));
    expect(scopes.sort()).toEqual(["kv-prod-a1", "kv-prod-a1-geo", "psql-ecluse-prod-a1", "stecluseproda1"]);
    expect(new Set(locks.map((each) => textAt(each, "level")))).toEqual(new Set(["CanNotDelete"]));
    expect(ofType(planned("dev"), "authorization:ManagementLockByScope")).toEqual([]);
  });

  it("leaves the cluster's public API in development to the addresses of the one who runs pulumi", () => {
    const [cluster] = ofType(planned("dev"), "containerservice:ManagedCluster") as [Planned];
    const ranges = at(cluster.inputs, "apiServerAccessProfile.authorizedIPRanges") as string[];
    expect(ranges[0]).toBe("198.51.100.0/24");
    // The cluster's own nodes come by the NAT gateway.
    expect(ranges.slice(1)).toEqual([expect.stringMatching(/^192\.0\.2\.\d+\/32$/)]);
  });
});
