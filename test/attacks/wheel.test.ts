import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { PipelineRun } from "../../cli/pipelineRun";
import { inFolder, runOwnCode } from "../../cli/useCaseCode";
import { temporaryFolder } from "../../local/forge/fixture";
import { ensureImage, type Image } from "../../local/forge/images";
import { projectRoot, uvBinary } from "../../local/home";
import { python } from "../../local/provider/supervisor";

// Attack: a branch locks a wheel with code that runs whenever an interpreter of its image starts (`.pth`). The platform
// started that interpreter outside of any confinement, and the code read a key of production.

const WHEEL = `
import sys, zipfile
folder, stolen, key = sys.argv[1:]
steal = f"open({stolen!r}, 'w').write(open({key!r}).read())"
with zipfile.ZipFile(f"{folder}/evil-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("evil.py", "")
    wheel.writestr("evil.pth", f"import os; {steal}\\n")
    info = "evil-1.0.dist-info"
    wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: evil\\nVersion: 1.0\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

/** A member of its own name leaves the folder that it is unpacked to. */
const CLIMBER = `
import sys, zipfile
folder, member, target = sys.argv[1:]
with zipfile.ZipFile(f"{folder}/climber-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("climber.py", "")
    if member == "link":
        link = zipfile.ZipInfo("climber_link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        wheel.writestr(link, target)
        member = "climber_link/through"
    wheel.writestr(member, "climbed")
    info = "climber-1.0.dist-info"
    wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: climber\\nVersion: 1.0\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

const folder = temporaryFolder("hostile wheel-");
const home = join(folder, ".ecluse");
const [key, stolen] = [join(home, "keys", "prod"), join(folder, "stolen")];
const climbed = join(folder, "climbed");
const tools = { python, uv: uvBinary, uvCache: join(folder, "uv-cache"), root: projectRoot };
let lock: string;

/** The lock of a wheel of the folder. */
function lockOf(name: string): string {
  const wheel = readFileSync(join(folder, `${name}-1.0-py3-none-any.whl`));
  return `${name}==1.0 --hash=sha256:${createHash("sha256").update(wheel).digest("hex")}`;
}

beforeAll(() => {
  mkdirSync(join(home, "keys"), { recursive: true });
  writeFileSync(key, "production's key");
  execFileSync(python, ["-c", WHEEL, folder, stolen, key]);
  lock = lockOf("evil");
  vi.stubEnv("UV_FIND_LINKS", folder);
  vi.stubEnv("ECLUSE_HOME", home);
});

afterEach(() => expect(existsSync(stolen), "the key was read").toBe(false));

describe.skipIf(!existsSync(uvBinary))(
  "a hostile wheel (needs uv, which npm start and npm test install)",
  () => {
    let image: Image;

    it("does not run while its image is built", async () => {
      image = await ensureImage(home, lock, tools);
      // It is there, and would run in any start of the image's interpreter.
      expect(existsSync(join(image.bin, "../lib/python3.11/site-packages/evil.pth"))).toBe(true);
    });

    it.each([
      "../".repeat(12) + join(climbed, "name").slice(1),
      join(climbed, "absolute"),
      `climber/../${"../".repeat(12)}${join(climbed, "inner").slice(1)}`,
      `climber-1.0.data/data/${"../".repeat(12)}${join(climbed, "data").slice(1)}`,
      "link",
    ])("writes nothing outside of its image by a member %s", async (member) => {
      mkdirSync(climbed, { recursive: true });
      execFileSync(python, ["-c", CLIMBER, folder, member, climbed]);
      // A cache of its own, or an earlier wheel of that name would be taken.
      const fresh = { ...tools, uvCache: temporaryFolder("uv cache-") };
      const built = ensureImage(home, lockOf("climber"), fresh);
      if (member === "link") await expect(built).rejects.toThrow(/could not be built: .*extract/s);
      else
        expect(existsSync(join((await built).bin, "../lib/python3.11/site-packages/climber.py"))).toBe(true);
      expect(readdirSync(climbed)).toEqual([]);
    });

    it("runs confined where the use case's code makes rows", async () => {
      const run = { image, folder: temporaryFolder("use case-"), signal: undefined };
      const made = inFolder((to) =>
        runOwnCode(run as unknown as PipelineRun, { what: "rows", words: ["land"], env: {}, folder: to }),
      );
      await expect(made).rejects.toThrow(/Permission denied|Read-only file system/);
    });
  },
);
