import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { once } from "./once";

let home: string;
let folder: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ecluse-once-"));
  folder = join(home, "kubernetes/0123456789abcdef");
});

afterEach(() => rmSync(home, { recursive: true }));

const fill = (text: string) => async (place: string) => {
  mkdirSync(place);
  writeFileSync(join(place, "program"), text);
};
const content = () => readFileSync(join(folder, "program"), "utf8");

it("makes a folder once, and whole or not at all", async () => {
  await expect(once(folder, () => Promise.reject(new Error("no disk")))).rejects.toThrow("no disk");
  expect(existsSync(folder)).toBe(false);
  expect(await once(folder, fill("first"))).toBe(folder);
  await once(folder, fill("second"));
  expect(content()).toBe("first");
});

it("takes what another process has put there meanwhile", async () => {
  await once(folder, async (place) => {
    await fill("own")(place);
    await fill("other")(folder);
  });
  expect(content()).toBe("other");
});
