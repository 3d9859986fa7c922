import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { projectRoot } from "../local/home";
import { readSettings, type Settings } from "./settings";

const text = (stack: string) => readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");

/** The settings of a shipped stack with one value changed; undefined removes it. */
function edited(stack: string, path: readonly (string | number)[], value: unknown): Settings {
  const document = parseDocument(text(stack));
  if (value === undefined) document.deleteIn(["config", ...path]);
  else document.setIn(["config", ...path], value);
  return readSettings(stack, document.toString());
}

const azure = (...rest: string[]) => ["ecluse:azure", ...rest];

const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/own";
const existing = {
  virtualNetworkId: id,
  nodesSubnetId: `${id}/subnets/nodes`,
  endpointsSubnetId: `${id}/subnets/endpoints`,
  databaseSubnetId: `${id}/subnets/database`,
  apiServerSubnetId: `${id}/subnets/api-server`,
};

describe("the settings of Azure", () => {
  it("take sizes from the profile", () => {
    const [dev, prod] = ["dev", "prod"].map((stack) => readSettings(stack, text(stack)));
    expect(dev).toMatchObject({
      azure: {
        database: {
          tier: "Burstable",
          size: "Standard_B1ms",
          storageGb: 32,
          access: "privateEndpoint",
          version: "17",
          pgaudit: true,
        },
        nodes: { systemSize: "Standard_D2as_v5", zones: [], maxUserNodes: 4 },
        network: { egress: "natGateway", clientRanges: ["172.16.20.0/24"], egressAddresses: [] },
        deployer: { reach: { ranges: ["198.51.100.0/24"] }, login: "azurecli" },
        resourceGroup: "rg-ecluse-dev",
      },
    });
    expect(prod).toMatchObject({
      azure: {
        database: { tier: "GeneralPurpose", size: "Standard_D2ds_v5", storageGb: 128 },
        nodes: { zones: ["1", "2", "3"] },
        deployer: { reach: "vnet" },
      },
    });
  });

  it.each([
    ["a missing tenant", azure("tenantId"), undefined, /ecluse:azure\.tenantId is not set/],
    [
      "a tenant that is no id",
      azure("tenantId"),
      "contoso",
      /ecluse:azure\.tenantId is "contoso": set it to an id/,
    ],
    ["an unknown region", azure("location"), "atlantis", /ecluse:azure\.location is "atlantis": set it to/],
    ["a range that is none", azure("network", "addressSpace"), "10.0.0.0", /addressSpace is "10\.0\.0\.0"/],
    [
      "a range that begins in its midst",
      azure("network", "addressSpace"),
      "10.21.0.1/20",
      /addressSpace is "10\.21\.0\.1\/20": write its first address/,
    ],
    [
      "a network that nobody may come to",
      azure("network", "clientRanges"),
      undefined,
      /ecluse:azure\.network\.clientRanges is \[\]: nobody would reach the API: list the ranges/,
    ],
    [
      "clients that are everybody",
      azure("network", "clientRanges"),
      ["172.16.21.0/24", "0.0.0.0/0"],
      /network\.clientRanges\[1\] is "0\.0\.0\.0\/0": is as good as everybody/,
    ],
    [
      "clients of no range",
      azure("network", "clientRanges"),
      ["172.16.21.9/24"],
      /network\.clientRanges\[0\] is "172\.16\.21\.9\/24": write its first address/,
    ],
    [
      "clients of a network whose rules are the team's",
      azure("network", "existing"),
      existing,
      /clientRanges is \["10\.21\.15\.0\/24","172\.16\.21\.0\/24"\]: the rules of your own network/,
    ],
    [
      "a firewall in the open",
      azure("network", "firewallAddress"),
      "203.0.113.7",
      /the firewall's private address/,
    ],
    [
      "an unknown size of nodes",
      azure("nodes"),
      { userSize: "Standard_Huge" },
      /nodes\.userSize is "Standard_Huge"/,
    ],
    [
      "a size of another tier",
      azure("database"),
      { size: "Standard_B1ms" },
      /database\.size is "Standard_B1ms"/,
    ],
    ["storage that is not sold", azure("database"), { storageGb: 100 }, /storageGb is 100: set it to 32, 64/],
    [
      "a burstable stand-by",
      azure("database"),
      { tier: "Burstable", size: "Standard_B2s" },
      /has no stand-by/,
    ],
    ["no pair for the copies", azure("location"), "italynorth", /has no paired region/],
    [
      "a public API in production",
      azure("deployer"),
      { reach: "ranges", ranges: ["192.0.2.0/24"] },
      /has a private API/,
    ],
    [
      "a GPU without nodes for it",
      ["ecluse:useCases", "0", "training", "gpu"],
      true,
      /gpuSize is not set: bank-churn may ask/,
    ],
    ["a time that never comes", ["ecluse:monitorCron"], "61 2 * * *", /monitorCron is "61 2/],
    ["production without a stand-by", ["ecluse:profile"], "frugal", /set it to standard or full/],
    ["a network without its subnets", azure("network", "existing"), { virtualNetworkId: "x" }, /existing\./],
    ["a budget in mid-month", azure("budget", "startDate"), "2026-12-15", /the first of a month/],
    ["an instance too long", azure("instance"), "abcdefg", /2 to 6 of a-z and 0-9/],
    ["an unknown key", azure("subscription"), "x", /ecluse:azure\.subscription is "x": there is no such key/],
    ["a name too long for Azure", ["ecluse:environment"], "preproduction", /at most 10 characters/],
    ["a forge that is a stack", ["ecluse:forge"], "local-forge", /set it to none, or to the url/],
    ["a cluster's part", ["ecluse:kubernetes"], { context: "x" }, /ecluse:kubernetes .*there is no such key/],
    [
      "images built in production",
      ["ecluse:cluster", "buildImages"],
      true,
      /production takes what the pipeline built/,
    ],
  ] as const)("refuse %s", (_what, path, value, message) => {
    expect(() => edited("prod", path, value)).toThrow(message);
  });

  it("refuse a monitor that retrains where no pipeline would ask, or say how it ended", () => {
    expect(() => edited("dev", ["ecluse:monitorRetrains"], true)).toThrow(/only production on a GitLab has/);
    expect(() => edited("prod", ["ecluse:monitorRetrains"], true)).not.toThrow();
    const free = parseDocument(text("prod"));
    free.setIn(["config", "ecluse:monitorRetrains"], true);
    free.setIn(["config", "ecluse:forge"], { url: "https://gitlab.com", tier: "free", group: "acme/ecluse" });
    expect(() => readSettings("prod", free.toString())).toThrow(
      /monitorRetrains.*cannot see how a pipeline/s,
    );
    const local = parseDocument(text("local-prod"));
    local.setIn(["config", "ecluse:monitorRetrains"], true);
    expect(() => readSettings("local-prod", local.toString())).not.toThrow();
  });

  it("refuse alerts that no pod could send", () => {
    const kept = { secret: "alerts", key: "webhook" };
    const webhook = { url: "https://hooks.example.com:8443/a", secret: kept };
    const mail = { host: "smtp.example.com", user: "m", password: kept, sender: "m@a.org", to: ["a@a.org"] };
    const given = (ranges: string[], ports: number[]) => {
      const document = parseDocument(text("dev"));
      document.setIn(["config", "ecluse:alerts"], { webhook, mail });
      document.setIn(["config", "ecluse:cluster", "egressRanges"], ranges);
      document.setIn(["config", "ecluse:cluster", "egressPorts"], ports);
      return () => readSettings("dev", document.toString());
    };
    expect(given(["192.0.2.0/24"], [8443, 587])).not.toThrow();
    expect(given(["192.0.2.0/24"], [587])).toThrow(/alerts\.webhook\.url.*no pod reaches port 8443/s);
    expect(given(["192.0.2.0/24"], [8443])).toThrow(/alerts\.mail\.port.*no pod reaches port 587/s);
    expect(given([], [])).toThrow(/alerts\.webhook\.url.*name its range in ecluse:cluster\.egressRanges/s);
  });

  it("refuse a retraining by schedule where nothing would start it", () => {
    expect(() => edited("dev", ["ecluse:retrainCron"], "0 4 * * 0")).toThrow(
      /ecluse:retrainCron is "0 4 \* \* 0": only production on a GitLab/,
    );
    expect(() => edited("prod", ["ecluse:retrainCron"], "0 4 * * 0")).not.toThrow();
  });

  it("refuse zones in a region that has none", () => {
    const document = parseDocument(text("prod"));
    document.setIn(["config", ...azure("location")], "ukwest");
    document.setIn(["config", ...azure("nodes")], { zones: ["1"] });
    expect(() => readSettings("prod", document.toString())).toThrow(/ukwest has no zones: set it to \[\]/);
  });

  it("refuse a public API that no address may reach", () => {
    expect(() => edited("dev", azure("deployer", "ranges"), [])).toThrow(/list the addresses/);
  });

  const [addressSpace, firewallAddress] = ["10.20.0.0/20", "10.0.0.4"];

  it.each([
    ["behind a firewall", { addressSpace, firewallAddress }],
    ["in the team's network", { addressSpace, existing }],
  ])("let the nodes %s join by a public API", (_where, network) => {
    expect(() => edited("dev", azure("network"), network)).toThrow(
      /ecluse:azure\.network\.egressAddresses is \[\]: no node could join/,
    );
    const egressAddresses = ["203.0.113.7/32"];
    expect(edited("dev", azure("network"), { ...network, egressAddresses })).toMatchObject({
      azure: { network: { egressAddresses } },
    });
  });

  it("refuse addresses of a NAT gateway that is yet to be made", () => {
    expect(() => edited("dev", azure("network", "egressAddresses"), ["203.0.113.7/32"])).toThrow(
      /egressAddresses is \["203\.0\.113\.7\/32"\]: the NAT gateway made here has its own address/,
    );
  });

  it("leave the rules of the team's own network to the team", () => {
    const network = { addressSpace: "10.21.0.0/20", existing };
    expect(edited("prod", azure("network"), network)).toMatchObject({ azure: { network: { existing } } });
  });
});

describe("the settings of a team's own cluster", () => {
  it.each([
    ["no context", ["ecluse:kubernetes", "context"], undefined, /ecluse:kubernetes\.context is not set/],
    ["an endpoint without TLS", ["ecluse:kubernetes", "objectStore", "endpoint"], "http://s3", /https:\/\//],
    [
      "an unknown role of people",
      ["ecluse:cluster", "people", "groups", "all"],
      "admin",
      /groups\.all is "admin"/,
    ],
    ["Azure's part", ["ecluse:azure"], { location: "x" }, /there is no such key/],
    ["a runner of no GitLab", ["ecluse:forge"], "none", /cluster\.runner asks for a runner/],
    ["no domain", ["ecluse:cluster", "domain"], undefined, /ecluse:cluster\.domain is not set/],
  ] as const)("refuse %s", (_what, path, value, message) => {
    expect(() => edited("onprem-prod", path, value)).toThrow(message);
  });
});
