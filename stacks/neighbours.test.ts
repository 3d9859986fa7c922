import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stackNames } from "../cli/stacks";
import { projectRoot } from "../local/home";
import { checkNeighbours } from "./neighbours";
import { readSettings } from "./settings";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-neighbours-"));
  for (const stack of stackNames())
    cpSync(join(projectRoot, `Pulumi.${stack}.yaml`), join(folder, `Pulumi.${stack}.yaml`));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Adds a staging environment to the folder, made from development's file by some edits, and checks it. */
function addStaging(...edits: readonly (readonly [from: string | RegExp, to: string])[]): void {
  const dev = readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8");
  const text = edits.reduce((yaml, [from, to]) => yaml.replace(from, to), dev);
  writeFileSync(join(folder, "Pulumi.staging.yaml"), text);
  checkNeighbours(readSettings("staging", text), folder);
}

const own = [
  [/environment: dev$/m, "environment: staging"],
  ["domain: dev.ml", "domain: staging.ml"],
  ["10.20.0.0/20", "10.22.0.0/20"],
  ["ecluse-dev\n", "ecluse-staging\n"],
  [/0000000000d([23])/g, "0000000000f$1"],
] as const;
const [name, domain, range, ...others] = own;

/** A network that is there already, in the place of one made by the program. */
function existing(group: string, change: Readonly<Record<string, string>> = {}): string {
  const network = `/subscriptions/s/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/own`;
  const ids = {
    virtualNetworkId: network,
    nodesSubnetId: `${network}/subnets/nodes`,
    endpointsSubnetId: `${network}/subnets/endpoints`,
    databaseSubnetId: `${network}/subnets/database`,
    privateDnsResourceGroupId: `/subscriptions/s/resourceGroups/${group}-dns`,
    ...change,
  };
  return `egressAddresses: [203.0.113.7/32]\n      existing: ${JSON.stringify(ids)}`;
}

const clients = /clientRanges: .*/;

describe("checkNeighbours", () => {
  it("takes the stacks that are shipped, and a third environment with its own values", () => {
    for (const stack of stackNames()) {
      const text = readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8");
      expect(() => checkNeighbours(readSettings(stack, text), folder)).not.toThrow();
    }
    expect(() => addStaging(...own)).not.toThrow();
  });

  it.each([
    [
      "an address range",
      [name, domain, ...others],
      /addressSpace is "10\.20\.0\.0\/20": overlaps 10\.20\.0\.0\/20 of Pulumi\.dev/,
    ],
    [
      "part of a range",
      [name, domain, ["10.20.0.0/20", "10.20.8.0/22"], ...others],
      /overlaps 10\.20\.0\.0\/20/,
    ],
    [
      "a domain",
      [name, range, ...others],
      /ecluse:cluster\.domain is "dev\.ml\.example\.com": Pulumi\.dev\.yaml has the same/,
    ],
    ["its name", [domain, range, ...others], /ecluse:environment is "dev"/],
    [
      "the application of people's login",
      [name, domain, range, others[1]],
      /people\.clientId is "ecluse-dev of/,
    ],
    [
      "a group under another key",
      [...own, ["clusterAdmins:", "dataLanders: 00000000-0000-0000-0000-0000000000e3\n      clusterAdmins:"]],
      /groups\.dataLanders is ".*e3": Pulumi\.prod\.yaml has the same/,
    ],
    [
      "a resource group",
      [...own, ["location:", "resourceGroup: rg-ecluse-dev\n    location:"]],
      /ecluse:azure\.resourceGroup/,
    ],
    [
      "an address range, by letting it in",
      [...own, [clients, "clientRanges: [10.20.15.0/24]"]],
      /clientRanges\[0\] is "10\.20\.15\.0\/24": overlaps 10\.20\.0\.0\/20 of Pulumi\.dev/,
    ],
  ] as const)("refuses two environments that share %s", (_what, edits, message) => {
    expect(() => addStaging(...edits)).toThrow(message);
  });

  it("refuses names of environments that differ by dashes alone: storage accounts have none", () => {
    expect(() => addStaging(...own, ["environment: staging", "environment: d-ev"])).toThrow(
      'ecluse:environment is "d-ev": differs only by dashes from dev of Pulumi.dev.yaml, and some names ' +
        "have none: choose another",
    );
  });

  it("says all that two environments share, a line each", () => {
    expect(() => addStaging(name)).toThrow(
      /^ecluse:cluster\.domain is .*\n(.*\n)+ecluse:azure\.network\.addressSpace is /,
    );
  });

  it("refuses a namespace of two environments on one cluster, by whatever names", () => {
    const text = readFileSync(join(folder, "Pulumi.onprem-dev.yaml"), "utf8")
      .replace("environment: dev", "environment: dev-bank")
      .replace("name: bank-churn", "name: churn")
      .replace("domain: dev.", "domain: staging.")
      .replace("clientId: ecluse-onprem-dev", "clientId: other");
    expect(() => checkNeighbours(readSettings("onprem-bank", text), folder)).toThrow(
      'ecluse:environment is "dev-bank": its namespace dev-bank-churn is one of Pulumi.onprem-dev.yaml ' +
        "too: choose another name of the environment or its use case (Pulumi.onprem-bank.yaml)",
    );
    const apart = text.replace("environment: dev-bank", "environment: staging");
    expect(() => checkNeighbours(readSettings("onprem-bank", apart), folder)).not.toThrow();
  });

  const shared = "/subscriptions/s/resourceGroups/DEV/providers/Microsoft.Network/virtualNetworks/own";

  it.each([
    ["a network", { virtualNetworkId: shared }, "virtualNetworkId"],
    ["a subnet", { nodesSubnetId: `${shared}/subnets/nodes` }, "nodesSubnetId"],
    ["a subnet of another use", { nodesSubnetId: `${shared}/subnets/endpoints` }, "nodesSubnetId"],
    [
      "DNS zones",
      { privateDnsResourceGroupId: "/subscriptions/s/resourceGroups/Dev-DNS" },
      "privateDnsResourceGroupId",
    ],
  ])("refuses two environments in networks of the team that share %s", (_what, change, key) => {
    const path = join(folder, "Pulumi.dev.yaml");
    const dev = readFileSync(path, "utf8");
    writeFileSync(path, dev.replace(clients, existing("dev")));
    const [from, to] = [/egressAddresses: .*\n.*existing: .*/, existing("staging")];
    expect(() => addStaging(...own, [from, to])).not.toThrow();
    expect(() => addStaging(...own, [from, existing("staging", change)])).toThrow(
      new RegExp(`network\\.existing\\.${key} is ".*": Pulumi\\.dev\\.yaml has the same`),
    );
  });
});
