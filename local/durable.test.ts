import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeOnce, writeWhole } from "./durable";
import { temporaryFolder } from "./forge/fixture";

const folder = temporaryFolder("durable-");
const mode = (file: string) => statSync(file).mode & 0o777;

describe("writeWhole", () => {
  it("replaces a file and leaves no draft", () => {
    const file = join(folder, "state.json");
    writeFileSync(file, "a longer text than the next");
    writeWhole(file, "next");
    expect(readFileSync(file, "utf8")).toBe("next");
    expect(mode(file)).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });
});

describe("drafts", () => {
  it("of a killed process are removed by the next who writes the file, and those of a running one stay", () => {
    const file = join(folder, "kept");
    const { pid = 0 } = spawnSync("true");
    for (const name of [`kept.${pid}.new`, `kept.${process.ppid}.new`, `other.${pid}.new`])
      writeFileSync(join(folder, name), "half");
    writeWhole(file, "whole");
    const left = readdirSync(folder).filter((name) => /kept|other/.test(name));
    expect(left.sort()).toEqual(["kept", `kept.${process.ppid}.new`, `other.${pid}.new`]);
  });
});

describe("writeOnce", () => {
  it("makes a file, and keeps one that is there", () => {
    const file = join(folder, "key");
    writeOnce(file, "first");
    writeOnce(file, "second");
    expect(readFileSync(file, "utf8")).toBe("first");
    expect(mode(file)).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.startsWith("key"))).toEqual(["key"]);
  });
});
