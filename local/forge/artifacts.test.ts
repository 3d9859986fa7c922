import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { collect } from "./artifacts";
import { temporaryFolder } from "./fixture";
import { copyInto } from "./untrusted";

function checkout(): { root: string; target: string } {
  const top = temporaryFolder("artifacts-");
  const root = join(top, "checkout");
  mkdirSync(join(root, "out", "deep"), { recursive: true });
  mkdirSync(join(root, ".git"));
  mkdirSync(join(top, "secret"));
  writeFileSync(join(top, "secret", "key"), "key");
  for (const name of ["out/a.json", "out/deep/b.bin", "out/c.log", ".git/config", "top.txt"])
    writeFileSync(join(root, name), name);
  return { root, target: join(top, "target") };
}

const files = (folder: string) =>
  execFileSync("find", [".", "-type", "f"], { cwd: folder, encoding: "utf8" })
    .split("\n")
    .filter(Boolean)
    .sort();

it("takes what the patterns name, less what is excluded, and lays it out again", () => {
  const { root, target } = checkout();
  expect(collect(root, ["out/", "./top.txt", "none/*"], ["out/**/*.log", "out/*.log"], target)).toBe(3);
  expect(files(target)).toEqual(["./out/a.json", "./out/deep/b.bin", "./top.txt"]);
  const fresh = temporaryFolder("fresh-");
  copyInto(target, fresh);
  expect(files(fresh)).toEqual(files(target));
});

it("takes nothing from outside the checkout: by link, by a link on the way, by .. or from .git", () => {
  const { root, target } = checkout();
  symlinkSync("../../secret/key", join(root, "out", "link"));
  symlinkSync("../secret", join(root, "folder"));
  const patterns = [
    "out/link",
    "folder",
    "folder/key",
    "folder/*",
    "../secret/key",
    "../secret/**",
    ".git",
    "**/config",
  ];
  expect(collect(root, patterns, [], target)).toBe(0);
  expect(() => readdirSync(target)).toThrow(/ENOENT/);
});

it("lays artifacts out over links of the commit, and never through them", () => {
  const { root, target } = checkout();
  expect(collect(root, ["out/", "top.txt"], [], target)).toBe(4);
  const [fresh, victim] = [temporaryFolder("fresh-"), temporaryFolder("victim-")];
  writeFileSync(join(victim, "a.json"), "victim's");
  symlinkSync(victim, join(fresh, "out"));
  symlinkSync(join(victim, "new"), join(fresh, "top.txt"));
  copyInto(target, fresh);
  expect(files(fresh)).toEqual(files(target));
  expect(readdirSync(victim)).toEqual(["a.json"]);
  expect(readFileSync(join(victim, "a.json"), "utf8")).toBe("victim's");
});
