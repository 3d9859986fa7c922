import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { SettingsError } from "../components/errors";
import { namespaces } from "../components/naming";
import { projectRoot } from "../local/home";
import { parseSettings, readSettings } from "./settings";

type Path = readonly (string | number)[];

/** The mistakes of a shipped stack's file with one value changed, as the user reads them. */
function mistakes(stack: string, path: Path, value: unknown): readonly string[] {
  const document = parseDocument(readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8"));
  if (value === undefined) document.deleteIn(["config", ...path]);
  else document.setIn(["config", ...path], value);
  try {
    readSettings(stack, document.toString());
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.message.split("\n");
  }
}

const today = new Date().toISOString().slice(0, 10);

const azure = (...rest: Path) => ["ecluse:azure", ...rest];
const network = (...rest: Path) => azure("network", ...rest);
const onprem = (...rest: Path) => ["ecluse:kubernetes", ...rest];
const freeze = (change: object) => [
  { name: "weekend", start: "0 18 * * 5", end: "0 7 * * 1", timezone: "UTC", ...change },
];

describe("values that no cloud takes", () => {
  const cron = "set it to five fields of numbers, names, *, / , and -, such as 15 2 * * * or 0 3 * * SUN";
  const publicly =
    "is private, and not what the Internet sees: name public addresses, such as 203.0.113.7/32";

  it.each<[string, string, Path, unknown, string]>([
    [
      "a network on loopback",
      "dev",
      network("addressSpace"),
      "127.0.0.0/20",
      'network.addressSpace is "127.0.0.0/20": holds 127.0.0.0/8 (loopback): choose another, such as 192.0.2.10/32',
    ],
    [
      "a link-local network",
      "dev",
      network("addressSpace"),
      "169.254.0.0/20",
      'network.addressSpace is "169.254.0.0/20": holds 169.254.0.0/16 (link-local, with the cloud\'s ' +
        "metadata address): choose another, such as 192.0.2.10/32",
    ],
    [
      "somebody else's network",
      "dev",
      network("addressSpace"),
      "20.0.0.0/16",
      'network.addressSpace is "20.0.0.0/16": is not private, and so somebody else\'s: take one of ' +
        "10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    ],
    [
      "a network too small",
      "dev",
      network("addressSpace"),
      "10.20.0.0/23",
      'network.addressSpace is "10.20.0.0/23": is too small to upgrade nodes by surge: give at least a /22',
    ],
    [
      "the cluster's own addresses",
      "dev",
      network("addressSpace"),
      "100.64.0.0/16",
      'network.addressSpace is "100.64.0.0/16": overlaps 100.64.0.0/16, the cluster\'s own for pods or ' +
        "Services: choose another",
    ],
    [
      "clients with the cluster's addresses",
      "dev",
      network("clientRanges"),
      ["100.65.1.0/24"],
      'network.clientRanges[0] is "100.65.1.0/24": overlaps 100.65.0.0/16, the cluster\'s own for pods ' +
        "or Services: choose another",
    ],
    [
      "a range twice",
      "dev",
      network("clientRanges"),
      ["10.1.0.0/24", "10.1.0.0/24"],
      'network.clientRanges[1] is "10.1.0.0/24": is listed twice: remove one',
    ],
    [
      "an octet that is none",
      "dev",
      network("firewallAddress"),
      "10.0.0.400",
      'network.firewallAddress is "10.0.0.400": set it to the firewall\'s private address',
    ],
    [
      "a private address on the Internet",
      "dev",
      azure("deployer", "ranges"),
      ["10.0.0.0/24"],
      `deployer.ranges[0] is "10.0.0.0/24": ${publicly}`,
    ],
    [
      "nobody who deploys",
      "dev",
      azure("deployer", "ranges"),
      [],
      "deployer.ranges is []: list the addresses that pulumi is run from",
    ],
    [
      "nobody to write to",
      "dev",
      azure("alertEmails"),
      [],
      "alertEmails is []: nobody would be written to: name at least one e-mail address",
    ],
    [
      "a zone twice",
      "prod",
      azure("nodes"),
      { zones: ["1", "1"] },
      'nodes.zones[1] is "1": is listed twice: remove one',
    ],
    [
      "too few nodes for the profile",
      "prod",
      azure("nodes"),
      { maxUserNodes: 0 },
      "nodes.maxUserNodes is 0: set it to a number from 1 to 100",
    ],
    [
      "a budget of a month that is none",
      "dev",
      azure("budget", "startDate"),
      "2026-13-01",
      'budget.startDate is "2026-13-01": set it to the first of a month, such as 2026-12-01',
    ],
    [
      "a budget that is over",
      "dev",
      azure("budget", "startDate"),
      "2015-01-01",
      'budget.startDate is "2015-01-01": lasted for ten years and is over: set it to the first of this ' +
        "month or the next",
    ],
    [
      "a budget that is no number",
      "dev",
      azure("budget", "amount"),
      Number.NaN,
      "budget.amount is .nan: set it to a number from 1 to 1000000",
    ],
  ])("refuse %s", (_what, stack, path, value, message) => {
    expect(mistakes(stack, path, value)).toEqual([`ecluse:azure.${message} (Pulumi.${stack}.yaml)`]);
  });

  it.each<[string, string, Path, unknown, string]>([
    [
      "the metadata address",
      "onprem-dev",
      ["ecluse:cluster", "egressRanges"],
      ["0.0.0.0/0"],
      'ecluse:cluster.egressRanges[0] is "0.0.0.0/0": holds 0.0.0.0/8 (addresses of no network): choose ' +
        "another, such as 192.0.2.10/32",
    ],
    [
      "Azure's metadata address",
      "dev",
      ["ecluse:cluster", "egressRanges"],
      ["168.63.129.16/32"],
      'ecluse:cluster.egressRanges[0] is "168.63.129.16/32": holds 168.63.129.16/32 (Azure\'s own ' +
        "metadata address): choose another, such as 192.0.2.10/32",
    ],
    [
      "a metadata address as DNS",
      "onprem-dev",
      ["ecluse:cluster", "dns"],
      { ranges: ["169.254.0.0/16"] },
      'ecluse:cluster.dns.ranges[0] is "169.254.0.0/16": holds the cloud\'s metadata address ' +
        "169.254.169.254/32: choose another, such as 169.254.20.10/32",
    ],
    [
      "a key among the authorities",
      "onprem-dev",
      ["ecluse:cluster", "authorities"],
      { pem: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" },
      'ecluse:cluster.authorities.pem is "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\\n": ' +
        "set it to certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, and no key",
    ],
    [
      "no authority",
      "onprem-dev",
      ["ecluse:cluster", "authorities"],
      { key: "ca.crt" },
      'ecluse:cluster.authorities is {"key":"ca.crt"}: names the authorities twice or not ' +
        "at all: set pem, or configMap",
    ],
    [
      "DNS without a label",
      "onprem-dev",
      ["ecluse:cluster", "dns"],
      { labels: {} },
      "ecluse:cluster.dns.labels is {}: names no pod: set it to a label of the DNS pods",
    ],
    [
      "an API server on loopback",
      "onprem-dev",
      onprem("apiServerRange"),
      "127.0.0.1/32",
      'ecluse:kubernetes.apiServerRange is "127.0.0.1/32": holds 127.0.0.0/8 (loopback): choose another, ' +
        "such as 192.0.2.10/32",
    ],
    [
      "no registry",
      "onprem-dev",
      ["ecluse:cluster", "imageRegistry"],
      undefined,
      "ecluse:cluster.imageRegistry is not set: set it to the registry and path that the images are pushed to",
    ],
    [
      "a day that is none",
      "dev",
      ["ecluse:useCases", 0, "accountability", "reviewBy"],
      "2026-02-30",
      'ecluse:useCases[0].accountability.reviewBy is "2026-02-30": is no day of the calendar: correct it',
    ],
    [
      "a review that is over",
      "dev",
      ["ecluse:useCases", 0, "accountability", "reviewBy"],
      "2026-01-31",
      'ecluse:useCases[0].accountability.reviewBy is "2026-01-31": must be in the future: ' +
        "validate the model again, review all of this, and set the next date",
    ],
    [
      "a review that ends today",
      "prod",
      ["ecluse:useCases", 0, "accountability", "reviewBy"],
      today,
      `ecluse:useCases[0].accountability.reviewBy is "${today}": must be in the future: ` +
        "validate the model again, review all of this, and set the next date",
    ],
    [
      "a cron line that never comes",
      "dev",
      ["ecluse:monitorCron"],
      "0 0 30 2 *",
      'ecluse:monitorCron is "0 0 30 2 *": never comes: choose a day that its month has',
    ],
    [
      "a Sunday that Kubernetes has not",
      "dev",
      ["ecluse:monitorCron"],
      "0 0 * * 7",
      `ecluse:monitorCron is "0 0 * * 7": ${cron}`,
    ],
    [
      "a last day that Kubernetes has not",
      "dev",
      ["ecluse:monitorCron"],
      "0 0 L * *",
      `ecluse:monitorCron is "0 0 L * *": ${cron}`,
    ],
    [
      "a freeze that never ends",
      "forge",
      ["ecluse:gitlab", "freezePeriods"],
      freeze({ end: "0 0 31 4 *" }),
      'ecluse:gitlab.freezePeriods[0].end is "0 0 31 4 *": never comes: choose a day that its month has',
    ],
    [
      "a time zone that nobody has",
      "forge",
      ["ecluse:gitlab", "freezePeriods"],
      freeze({ timezone: "Europe/Atlantis" }),
      'ecluse:gitlab.freezePeriods[0].timezone is "Europe/Atlantis": is no time zone: set it to one such ' +
        "as Europe/Paris",
    ],
    [
      "a use case beside its own jobs",
      "dev",
      ["ecluse:useCases", 0, "name"],
      "build",
      'ecluse:useCases[0].name is "build": is reserved, as a namespace and a project of the platform: ' +
        "choose another, such as churn-risk",
    ],
    [
      "a size of another tier",
      "prod",
      azure("database"),
      { size: "Standard_B1ms" },
      'ecluse:azure.database.size is "Standard_B1ms": set it to a size of GeneralPurpose: ' +
        "Standard_D2ds_v5, Standard_D2ads_v5, Standard_D4ds_v5, Standard_D4ads_v5, Standard_D8ds_v5, " +
        "Standard_D8ads_v5, Standard_D16ds_v5, Standard_D16ads_v5, Standard_D32ds_v5, Standard_D32ads_v5",
    ],
  ])("refuse %s", (_what, stack, path, value, message) => {
    expect(mistakes(stack, path, value)).toEqual([`${message} (Pulumi.${stack}.yaml)`]);
  });

  it("refuse a team's network without what production needs, and too few nodes of a full one", () => {
    const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/own";
    const own = ["virtualNetworkId", "nodesSubnetId", "endpointsSubnetId", "databaseSubnetId"];
    const existing = Object.fromEntries(own.map((name) => [name, `${id}/${name}`]));
    expect(mistakes("prod", network(), { addressSpace: "10.21.0.0/20", existing })).toEqual([
      "ecluse:azure.network.existing.apiServerSubnetId is not set: production needs it: set it to a " +
        "subnet delegated to Microsoft.ContainerService/managedClusters (Pulumi.prod.yaml)",
    ]);
    expect(mistakes("dev", azure("nodes"), { maxUserNodes: 1 })).toEqual([]);
    const config = parseDocument(readFileSync(join(projectRoot, "Pulumi.prod.yaml"), "utf8"));
    config.setIn(["config", "ecluse:profile"], "full");
    config.setIn(["config", ...azure("nodes")], { maxUserNodes: 1 });
    expect(() => readSettings("prod", config.toString())).toThrow(
      "ecluse:azure.nodes.maxUserNodes is 1: profile full needs at least 2: set it to that or more",
    );
  });

  it("take what only looks alike", () => {
    expect(mistakes("dev", network("addressSpace"), "172.16.0.0/22")).toEqual([]);
    expect(mistakes("dev", ["ecluse:monitorCron"], "@daily")).toEqual([]);
    expect(mistakes("dev", ["ecluse:monitorCron"], "0 3 29 2 *")).toEqual([]);
    expect(mistakes("forge", ["ecluse:gitlab", "freezePeriods"], freeze({ end: "0 0 L * *" }))).toEqual([]);
  });
});

describe("what is beside the settings in the file", () => {
  const inert =
    "has no effect, since default providers are off: remove it, and see docs/settings.md for the key of " +
    "ecluse that stands for it";
  const secret =
    "a secret has no place in a file that is committed: remove it, have it revoked, and see " +
    "docs/settings.md for where it is read from";

  it.each<[string, Path, unknown, string]>([
    [
      "a namespace with a slip",
      ["eclusse:tier"],
      "development",
      'eclusse:tier is "development": nothing reads the namespace eclusse: remove it, or write ecluse: before the key',
    ],
    [
      "a provider's own key",
      ["azure-native:location"],
      "westeurope",
      `azure-native:location is "westeurope": ${inert}`,
    ],
    ["a token by its name", ["gitlab:token"], "opened", `gitlab:token is "(not shown)": ${secret}`],
    [
      "a token by its form",
      ["gitlab:baseUrl"],
      "glpat-abcdefghijklmnopqrst",
      `gitlab:baseUrl is "(not shown)": ${secret}`,
    ],
    [
      "a token of a setting",
      ["ecluse:cluster", "people", "clientSecret", "password"],
      "hunter2",
      `ecluse:cluster.people.clientSecret.password is "(not shown)": ${secret}`,
    ],
    [
      "an encrypted provider's key",
      ["gitlab:token"],
      { secure: "v1:abc" },
      `gitlab:token is "(encrypted)": ${inert}`,
    ],
    [
      "an encrypted setting",
      ["ecluse:monitorCron"],
      { secure: "v1:abc" },
      'ecluse:monitorCron is "(encrypted)": no setting is a secret, and other stacks are checked against ' +
        "it: set it again without --secret",
    ],
    [
      "a part that is encrypted",
      ["ecluse:azure", "tenantId"],
      { secure: "v1:abc" },
      'ecluse:azure is "(encrypted)": no setting is a secret, and other stacks are checked against it: ' +
        "set it again without --secret",
    ],
    [
      "default providers",
      ["pulumi:disable-default-providers"],
      undefined,
      'pulumi:disable-default-providers is not set: set it to ["*"], so that nothing is made by a default provider',
    ],
    [
      "some default providers",
      ["pulumi:disable-default-providers"],
      ["aws"],
      'pulumi:disable-default-providers is ["aws"]: set it to ["*"], so that nothing is made by a default provider',
    ],
    [
      "names by Pulumi",
      ["pulumi:autonaming"],
      { mode: "verbatim" },
      'pulumi:autonaming is {"mode":"verbatim"}: is none of pulumi:disable-default-providers, ' +
        "pulumi:tags, pulumi:template: remove it",
    ],
  ])("is refused: %s", (_what, path, value, message) => {
    expect(mistakes("dev", path, value)).toEqual([`${message} (Pulumi.dev.yaml)`]);
  });

  it("is taken where Pulumi alone reads it", () => {
    expect(mistakes("dev", ["pulumi:tags"], { team: "ml" })).toEqual([]);
  });

  it("is known to be encrypted by the program too, which is given it in clear", () => {
    const config = {
      "pulumi:disable-default-providers": '["*"]',
      "ecluse:kind": "forge",
      "ecluse:target": "local",
      "ecluse:useCases": '[{"name":"a"}]',
      "gitlab:token": "glpat-abcdefghijklmnopqrst",
    };
    const parse = (secrets: readonly string[]) => () =>
      parseSettings("s", config, (key) => secrets.includes(key));
    expect(parse([])).toThrow(`gitlab:token is "(not shown)": ${secret}`);
    expect(parse(["gitlab:token"])).toThrow(`gitlab:token is "(encrypted)": ${inert}`);
    expect(parse(["gitlab:token", "ecluse:useCases"])).toThrow('ecluse:useCases is "(encrypted)"');
  });
});

describe("reserved names", () => {
  const useCase = (name: string) => mistakes("local-dev", ["ecluse:useCases", 0, "name"], name);

  it("are all that an environment's own namespaces end in", () => {
    const { useCase: _useCase, ci: _ci, ...own } = namespaces("e");
    expect(Object.keys(own).length).toBeGreaterThan(3);
    for (const name of Object.values(own)) expect(useCase(name.slice("e-".length))).toHaveLength(1);
  });

  it.each(["forge", "database", "blob", "tracking", "default", "wikis", "tests"])(
    "have %s among them",
    (name) => {
      expect(useCase(name)).toEqual([
        expect.stringMatching(
          new RegExp(`^ecluse:useCases\\[0\\]\\.name is "${name}": is reserved, as .*: choose another`),
        ),
      ]);
    },
  );

  it("are no others", () => expect(useCase("constructor")).toEqual([]));
});
