import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { python, pythonPath } from "./provider/supervisor";
import { seal, sealKey, unseal } from "./seal";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ecluse-seal-"));
});
afterEach(() => rmSync(home, { recursive: true }));

describe("seal", () => {
  it("gives back what was sealed, and not twice the same text", () => {
    const key = sealKey(home, "dev");
    expect(unseal(key, seal(key, "wörd"))).toBe("wörd");
    expect(seal(key, "wörd")).not.toBe(seal(key, "wörd"));
  });

  it("refuses another environment's key, a changed text and one that is not sealed", () => {
    const sealed = seal(sealKey(home, "dev"), "word");
    expect(() => unseal(sealKey(home, "prod"), sealed)).toThrow(/unable to authenticate/i);
    const last = sealed.at(-3) === "A" ? "B" : "A";
    expect(() => unseal(sealKey(home, "dev"), `${sealed.slice(0, -3)}${last}${sealed.slice(-2)}`)).toThrow();
    expect(() => unseal(sealKey(home, "dev"), "word")).toThrow(/not a sealed text/);
  });

  it("keeps the key for its owner alone", () => {
    sealKey(home, "dev");
    expect(statSync(join(home, "keys/dev")).mode & 0o777).toBe(0o600);
  });

  it("is opened by the launcher's Python", () => {
    const key = sealKey(home, "dev");
    const code =
      "import sys, base64; from ecluse_local.launch import unseal; " +
      "print(unseal(base64.b64decode(sys.argv[1]), sys.argv[2]))";
    const said = execFileSync(python, ["-c", code, key.toString("base64"), seal(key, "mot")], {
      env: { PYTHONPATH: pythonPath },
      encoding: "utf8",
    });
    expect(said.trim()).toBe("mot");
  });
});
