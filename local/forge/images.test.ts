import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeForge, temporaryFolder } from "./fixture";
import { ensureImage } from "./images";

const ROOT = join(__dirname, "../..");
const uv = process.env.ECLUSE_UV ?? findUv();
const home = join(temporaryFolder("image home-"), ".ecluse");
const python = join(ROOT, ".venv", "bin", "python");
const tools = { python, uv: uv ?? "", uvCache: join(home, "uv-cache"), root: ROOT };
// A small package with its hashes, as the platform's own lock has them.
const lock =
  /^iniconfig==[\s\S]*?(?=^[a-z])/m.exec(readFileSync(join(ROOT, "requirements.lock"), "utf8"))?.[0] ?? "";

describe("a lock that says where code comes from is refused", () => {
  it.each([
    "-e .",
    "-r /etc/passwd",
    "--index-url https://x.test",
    "--find-links .",
    "a @ https://x.test/a.whl",
    "https://x.test/a.whl",
  ])("%s", async (line) => {
    await expect(ensureImage(home, `${lock}\n${line}\n`, tools)).rejects.toThrow(/hashes only, got/);
  });
});

describe.skipIf(!uv)("an image (needs uv on PATH or ECLUSE_UV)", () => {
  it("holds the locked wheels and the tools, is reused, and runs a confined job", async () => {
    const image = await ensureImage(home, lock, tools);
    expect(await ensureImage(home, `${lock}\n\n`, tools)).toEqual(image);
    expect(readdirSync(join(home, "forge", "images"))).toHaveLength(1);
    const forge = makeForge();
    const script = [
      "python -c 'import iniconfig, sys; print(sys.prefix)'",
      "node --version && uv --version && pyright --version",
      "if touch $(dirname $(command -v python))/new; then exit 9; fi",
    ];
    const sha = forge.commit({
      ".gitlab-ci.yml": `job:\n  script: ${JSON.stringify(script)}\n`,
      "requirements.lock": lock,
    });
    const record = await forge.run(sha, { tools: { ...tools, uvCache: tools.uvCache } });
    const log = readFileSync(join(forge.home, "forge", record.jobs[0]?.log ?? ""), "utf8");
    expect(`${record.reason}\n${log}`).toMatch(/^undefined\n/);
    expect(log).toContain(join(forge.home, "forge", "images"));
    expect(log).toMatch(/pyright \d/);
  }, 60_000);

  it("is not built from a wheel of another hash, and leaves nothing half made", async () => {
    const wrong = lock.replace(/sha256:[0-9a-f]{8}/g, "sha256:00000000");
    const other = join(temporaryFolder("image home-"), ".ecluse");
    await expect(ensureImage(other, wrong, tools)).rejects.toThrow(/could not be built: [\s\S]*hash/i);
    expect(readdirSync(join(other, "forge", "images"))).toEqual([]);
  }, 60_000);
});

function findUv(): string | undefined {
  if (spawnSync("uv", ["--version"]).status !== 0) return undefined;
  return execFileSync("bash", ["-c", "command -v uv"], { encoding: "utf8" }).trim();
}
