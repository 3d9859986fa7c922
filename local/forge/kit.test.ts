import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "../../package.json";
import { projectRoot, uvBinary } from "../home";
import { buildKit, kitEntry, requireKit } from "./kit";

const hash = "0".repeat(64);
const built = `ecluse==1.0.0 --hash=sha256:${hash}`;
const lock = (entry: string) =>
  `duckdb==1.0 \\\n    --hash=sha256:aa\n${entry}\nfastapi==1.0 \\\n    --hash=sha256:bb\n`;

describe("the kit in a lock", () => {
  it("is read on one line, and only by its name", () => {
    expect(kitEntry(lock(`ecluse==1.0.0 \\\n    --hash=sha256:${hash}`))).toBe(built);
    expect(kitEntry(lock("ecluse-other==1.0.0 \\\n    --hash=sha256:cc"))).toBeUndefined();
  });

  it.each([
    ["an older kit", `ecluse==0.9.0 \\\n    --hash=sha256:${hash}`],
    ["other bytes", `ecluse==1.0.0 \\\n    --hash=sha256:${"1".repeat(64)}`],
    ["a second hash", `ecluse==1.0.0 \\\n    --hash=sha256:${hash} \\\n    --hash=sha256:${"1".repeat(64)}`],
    ["no hash", "ecluse==1.0.0"],
  ])("is refused with %s, and the message says how to bring it in", (_what, entry) => {
    expect(() => requireKit(lock(entry), built)).toThrow(/npx ecluse update/);
  });

  it("is taken when it is the checkout's", () => {
    expect(() => requireKit(lock(`ecluse==1.0.0 \\\n    --hash=sha256:${hash}`), built)).not.toThrow();
  });
});

describe("the wheel", () => {
  const build = () => buildKit({ uv: uvBinary, root: projectRoot }, mkdtempSync(join(tmpdir(), "kit-")));

  it("has the platform's version, and the hash that the shipped locks name", async () => {
    const entry = await build();
    expect(await build()).toBe(entry);
    expect(entry).toContain(`ecluse==${version} `);
    for (const folder of ["blueprint/template/{{ common }}", "usecases/bank-churn"]) {
      const read = (file: string) => readFileSync(join(projectRoot, folder, file), "utf8");
      expect(kitEntry(read("requirements.lock")), "npm run lock").toBe(entry);
      expect(read("requirements.in")).toContain(`\necluse==${version}\n`);
    }
  });
});
