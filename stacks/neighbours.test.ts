import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stackNames } from "../cli/stacks";
import { projectRoot } from "../providers/local/home";
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
  ] as const)("refuses two environments that share %s", (_what, edits, message) => {
    expect(() => addStaging(...edits)).toThrow(message);
  });
});
