import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../forge/fixture";

type Packages = Record<string, { version?: string; integrity?: string; link?: boolean; optional?: boolean }>;

const a = { version: "1.0.0", integrity: "sha512-aaaa" };
const other = { version: "2.0.0", integrity: "sha512-bbbb", optional: true };
const wanted: Packages = { "": {}, "node_modules/a": a, "node_modules/other": other, "sdks/own": {} };

/** Whether nothing is left to install, where npm wrote this list of what it installed. */
function hasPackages(listed: Packages | undefined, lock: Packages = wanted): boolean {
  const root = temporaryFolder("packages-");
  const write = (name: string, packages: Packages) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), JSON.stringify({ packages }));
  };
  write("package-lock.json", lock);
  if (listed) {
    write("node_modules/.package-lock.json", listed);
    for (const folder of Object.keys(listed)) mkdirSync(join(root, folder), { recursive: true });
  }
  const module = pathToFileURL(join(__dirname, "packages.mjs")).href;
  const program = `import { hasPackages } from "${module}"; console.log(hasPackages(process.argv[1]))`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", program, root]);
  return said.toString() === "true\n";
}

describe("the packages of an npm ci of one's own", () => {
  it.each<[string, boolean, Packages | undefined]>([
    ["are taken, without those of other machines", true, { "node_modules/a": a }],
    ["are taken, optional ones too", true, { "node_modules/a": a, "node_modules/other": other }],
    ["are not there before npm has finished", false, undefined],
    ["are not taken where one is missing", false, { "node_modules/other": other }],
    ["are not taken in another version", false, { "node_modules/a": { ...a, version: "1.0.1" } }],
    ["are not taken with other bytes", false, { "node_modules/a": { ...a, integrity: "sha512-cccc" } }],
    ["are not taken with one more", false, { "node_modules/a": a, "node_modules/b": a }],
  ])("%s", (_what, expected, listed) => {
    expect(hasPackages(listed)).toBe(expected);
  });
});
