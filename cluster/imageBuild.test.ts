import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ImageBuild, keyOf } from "./imageBuild";

let folder: string;
let build: ImageBuild;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ecluse-image-"));
  const dockerfile = join(folder, "Dockerfile");
  writeFileSync(dockerfile, "FROM scratch\n");
  writeFileSync(join(folder, "requirements.lock"), "numpy==1\n");
  build = {
    name: "image",
    dockerfile,
    context: folder,
    files: ["requirements.lock"],
    args: { DEBIAN: "debian:1" },
  };
});

afterEach(() => rmSync(folder, { recursive: true }));

it("builds an image again for another Dockerfile, file of the context, argument or base", () => {
  const before = keyOf(build);
  expect(keyOf(build)).toBe(before);
  const others = [keyOf({ ...build, args: { DEBIAN: "debian:2" } }), keyOf({ ...build, texts: ["trixie"] })];
  writeFileSync(join(folder, "requirements.lock"), "numpy==2\n");
  others.push(keyOf(build));
  writeFileSync(join(folder, "Dockerfile"), "FROM debian\n");
  others.push(keyOf(build));
  expect(new Set([before, ...others]).size).toBe(5);
});

it("knows an image by its contents: in another clone, with other settings of the machine, it is the same", () => {
  const other = mkdtempSync(join(tmpdir(), "ecluse-image-"));
  for (const [name, text] of Object.entries({
    Dockerfile: "FROM scratch\n",
    "requirements.lock": "numpy==1\n",
  }))
    writeFileSync(join(other, name), text);
  const same = { ...build, dockerfile: join(other, "Dockerfile"), context: other, volumes: ["/a:/b:ro"] };
  expect(keyOf(same)).toBe(keyOf(build));
  rmSync(other, { recursive: true });
});
