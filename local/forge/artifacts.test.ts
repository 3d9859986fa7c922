import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { collect } from "./artifacts";
import { makeForge, temporaryFolder } from "./fixture";
import { copyInto, openBelow } from "./untrusted";

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

it("keeps none where they are larger than the bound, and names the file, its size and the bound", () => {
  const { root, target } = checkout();
  const bounds = { bytes: 1_000, files: 10 };
  writeFileSync(join(root, "out", "large.bin"), "x".repeat(1_001));
  expect(() => collect(root, ["out"], [], target, bounds)).toThrow(
    "artifacts: with out/large.bin (1001 bytes) they are more than the 1000 bytes of a job",
  );
  expect(existsSync(target)).toBe(false);
  const other = join(target, "other");
  expect(collect(root, ["out"], ["out/large.bin"], other, bounds)).toBe(3);
  expect(() =>
    collect(root, ["out", "top.txt"], ["out/large.bin"], target, { bytes: 1_000, files: 3 }),
  ).toThrow(/is one more than the 3 of a job/);
});

it("takes ten gigabytes of nothing neither to memory nor to disk", async () => {
  const forge = makeForge();
  const ci = (size: string) =>
    `train:\n  script: [mkdir out, truncate -s ${size} out/model.bin]\n  artifacts: {paths: [out]}\n`;
  const record = await forge.run(forge.commit({ ".gitlab-ci.yml": ci("10G") }));
  expect(record.reason).toBe(
    "train: artifacts: with out/model.bin (10737418240 bytes) they are more than the 1073741824 bytes of a job; " +
      "leave out what later jobs do not need, and log large results to MLflow",
  );
  expect(globSync(join(forge.home, "forge", "artifacts", "**", "*.bin"))).toEqual([]);
  expect((await forge.run(forge.commit({ ".gitlab-ci.yml": ci("2M") }))).reason).toBeUndefined();
}, 60_000);

it("opens no file through a link that a folder became after it was seen", () => {
  const { root } = checkout();
  closeSync(openBelow(root, "out/deep/b.bin"));
  rmSync(join(root, "out", "deep"), { recursive: true });
  symlinkSync("../../secret", join(root, "out", "deep"));
  expect(() => openBelow(root, "out/deep/key")).toThrow(/ENOTDIR|ELOOP/);
  symlinkSync("../../secret/key", join(root, "out", "link"));
  expect(() => openBelow(root, "out/link")).toThrow(/ELOOP/);
  expect(() => openBelow(root, "out/../../secret/key")).toThrow(/leaves/);
  expect(() => openBelow(root, "out")).toThrow(/no plain file/);
});
