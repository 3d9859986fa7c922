import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ForgeSettings } from "../components/settings";
import { projectRoot } from "../local/home";
import { checkNeighbours, environmentsOf } from "./neighbours";
import { parseSettings, readSettings } from "./settings";

const accountability = {
  owner: "o@example.com",
  team: "t",
  purpose: "p",
  riskClass: "minimal",
  materiality: "low",
  reviewBy: "2030-01-31",
};

const config = (gitlab: Readonly<Record<string, unknown>>, more: Readonly<Record<string, string>> = {}) => ({
  "pulumi:disable-default-providers": '["*"]',
  "ecluse:kind": "forge",
  "ecluse:target": "gitlab",
  "ecluse:useCases": JSON.stringify([{ name: "bank-churn", accountability }]),
  "ecluse:gitlab": JSON.stringify({ url: "https://gitlab.example.com", tier: "premium", ...gitlab }),
  ...more,
});

const parse = (...args: Parameters<typeof config>) =>
  parseSettings("forge", config(...args)) as ForgeSettings;

describe("the settings of a forge on GitLab", () => {
  it("have defaults that are safe", () => {
    expect(parse({ url: "https://gitlab.example.com/" }).gitlab).toEqual({
      url: "https://gitlab.example.com",
      tier: "premium",
      edition: "enterprise",
      group: "ecluse",
      approvals: 2,
      tokenDays: 60,
      registryDatabase: true,
      webhooks: [],
      freezePeriods: [],
    });
  });

  it("are all on the page of settings", () => {
    const page = readFileSync(join(projectRoot, "docs/settings.md"), "utf8");
    const { gitlab } = readSettings(
      "forge",
      readFileSync(join(projectRoot, "Pulumi.forge.yaml"), "utf8"),
    ) as ForgeSettings;
    const keys = Object.entries(gitlab ?? {}).flatMap(([key, value]) =>
      Array.isArray(value)
        ? Object.keys(value[0] as object).map((inner) => `gitlab.${key}[].${inner}`)
        : [`gitlab.${key}`],
    );
    expect(keys.length).toBeGreaterThan(12);
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });

  it.each([
    ["no address", { url: undefined }, /ecluse:gitlab\.url is not set/],
    ["an open connection", { url: "http://gitlab.example.com" }, /gitlab\.url is "http:.*begins with https/],
    ["a password in the address", { url: "https://me:word@gitlab.example.com" }, /holds no password/],
    ["no tier", { tier: undefined }, /ecluse:gitlab\.tier is not set: set it to free, premium, ultimate/],
    ["one approval", { approvals: 1 }, /gitlab\.approvals is 1: set it to a number from 2 to 10/],
    ["a token of a year", { tokenDays: 365 }, /gitlab\.tokenDays is 365: set it to a number from 3 to 90/],
    [
      "a token in the file, without saying it again",
      { token: "glpat-x" },
      /^(?!.*glpat).*ecluse:gitlab\.token is "\(not shown\)": a secret has no place in a file that is committed/,
    ],
    [
      "more than the community edition has",
      { edition: "community" },
      /gitlab\.tier is "premium": the community edition has no other than free/,
    ],
    [
      "a group at the top of GitLab.com",
      { url: "https://gitlab.com", group: "acme" },
      /gitlab\.group is "acme": GitLab\.com makes no top-level group by its API: .* <that>\/acme/,
    ],
    [
      "a group that is a pattern",
      { group: "acme/*" },
      /gitlab\.group is "acme\/\*": set it to the full path/,
    ],
    [
      "a webhook without TLS",
      { webhooks: [{ name: "chat", url: "http://hooks.example.com" }] },
      /gitlab\.webhooks\[0\]\.url is "http:/,
    ],
    [
      "two webhooks of one name",
      {
        webhooks: [
          { name: "chat", url: "https://one.example.com" },
          { name: "chat", url: "https://two.example.com" },
        ],
      },
      /gitlab\.webhooks\[1\]\.name is "chat": is listed twice: remove one/,
    ],
    [
      "a freeze without an end",
      { freezePeriods: [{ name: "weekend", start: "0 18 * * 5" }] },
      /freezePeriods\[0\]\.end is not set/,
    ],
    [
      "a freeze at no time",
      { freezePeriods: [{ name: "weekend", start: "friday", end: "0 7 * * 1" }] },
      /freezePeriods\[0\]\.start is "friday": set it to five fields/,
    ],
    [
      "a time zone that is none",
      { freezePeriods: [{ name: "w", start: "0 18 * * 5", end: "0 7 * * 1", timezone: "the office" }] },
      /freezePeriods\[0\]\.timezone is "the office": set it to a time zone/,
    ],
  ])("refuse %s by key, value and fix", (_what, change, message) => {
    expect(() => parse(change)).toThrow(message);
  });

  it.each([
    [
      "an environment on GitLab",
      { "ecluse:kind": "environment", "ecluse:environment": "dev" },
      /ecluse:target is "gitlab": set it to azure, kubernetes, local/,
    ],
    ["a forge on Azure", { "ecluse:target": "azure" }, /ecluse:target is "azure": set it to gitlab, local/],
    ["a forge's GitLab on this machine", { "ecluse:target": "local" }, /there is no such key/],
    ["a port", { "ecluse:ports": '{"forge":4000}' }, /ecluse:ports\.forge is 4000: GitLab is there already/],
    [
      "a use case in the platform's place",
      { "ecluse:useCases": JSON.stringify([{ name: "platform", accountability }]) },
      /ecluse:useCases\[0\]\.name is "platform": is reserved, as a namespace and a project of the platform/,
    ],
    [
      "a use case that nobody answers for",
      { "ecluse:useCases": '[{"name":"a"}]' },
      /ecluse:useCases\[0\]\.accountability is not set: .* owner, team, purpose, riskClass, materiality, reviewBy/,
    ],
  ])("refuse %s", (_what, change, message) => {
    expect(() => parse({}, change)).toThrow(message);
  });
});

describe("stacks that share a GitLab", () => {
  let folder: string;
  const shipped = (stack: string) => readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");
  const put = (stack: string, text: string) => writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
  const check = (stack: string, text: string) => checkNeighbours(readSettings(stack, text), folder);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ecluse-forges-"));
    for (const stack of ["forge", "dev", "prod"]) put(stack, shipped(stack));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("know the environments whose files name this forge: adding one is adding its file", () => {
    const environments = () =>
      environmentsOf(readSettings("forge", shipped("forge")) as ForgeSettings, folder);
    expect(environments()).toEqual(["dev", "prod"]);
    put("staging", shipped("dev").replace("environment: dev", "environment: staging"));
    expect(environments()).toEqual(["dev", "prod", "staging"]);
    put("dev", shipped("dev").replace("https://gitlab.example.com", "https://other.example.com"));
    expect(environments()).toEqual(["prod", "staging"]);
  });

  it("may not make the same group twice, and may make two of one GitLab", () => {
    const again = shipped("forge");
    expect(() => check("forge-2", again)).toThrow(
      /ecluse:gitlab\.group is "ecluse": Pulumi\.forge\.yaml makes the same at https:\/\/gitlab\.example\.com/,
    );
    expect(() => check("forge-2", again.replace("group: ecluse", "group: acme/ecluse"))).not.toThrow();
    expect(() => check("forge", again)).not.toThrow();
  });

  it("may not mean a group that no forge here makes, where one is made here", () => {
    const edited = (from: string, to: string) => shipped("dev").replace(from, to);
    const [url, tier] = ["    url: https://gitlab.example.com\n", "    tier: premium\n"];
    const other = edited(url, `${url}    group: acme/ecluse\n`);
    expect(() => check("dev", shipped("dev"))).not.toThrow();
    expect(() => check("dev", other)).toThrow(
      /ecluse:forge\.group is "acme\/ecluse": no stack makes that group: set it to ecluse \(Pulumi\.forge\.yaml\)/,
    );
    expect(() => check("dev", edited(tier, "    tier: free\n"))).toThrow(
      /ecluse:forge\.tier is "free": set it to premium, as Pulumi\.forge\.yaml has it/,
    );
    // Another GitLab is somebody else's to make.
    expect(() => check("dev", edited(url, "    url: https://git.example.org\n"))).not.toThrow();
    rmSync(join(folder, "Pulumi.forge.yaml"));
    expect(() => check("dev", other)).not.toThrow();
  });
});
