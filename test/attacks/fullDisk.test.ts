import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../local/forge/fixture";
import { typescriptProgram } from "../../local/home";

// Accident and attack: a job, or anybody, fills the disk. What was there stays, the error names the file and says what
// to do, no draft is left behind, and the next try succeeds once there is space.

/** Mounts a small disk that only this command and its children see. */
const MOUNT = 'mount -t tmpfs -o size=128k tmpfs "$ECLUSE_HOME" && exec "$@"';
const namespace = ["unshare", "-rm", "sh", "-c"];
const mounts = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

interface Said {
  readonly name: string;
  readonly message: string;
  readonly kept: boolean;
  readonly left: readonly string[];
  readonly again: string;
}

function onFullDisk(): Said[] {
  const command = [...namespace, MOUNT, "sh", ...typescriptProgram("test/attacks/testdata/onFullDisk.ts")];
  const [program = "", ...words] = command;
  const env = { ...process.env, ECLUSE_HOME: temporaryFolder("full disk-") };
  const { stdout, stderr } = spawnSync(program, words, { env, encoding: "utf8" });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Said[];
}

describe.skipIf(!mounts)("a full disk (needs namespaces that an ordinary user may make)", () => {
  it("is said with the file and what to do, and nothing is lost or left behind", () => {
    const found = onFullDisk();
    expect(found).toHaveLength(9);
    for (const { name, message, ...rest } of found) {
      expect(message).toMatch(new RegExp(`/${name}(\\.lock)? cannot be written: ENOSPC.* Free some space`));
      expect({ name, ...rest }).toEqual({ name, kept: true, left: [], again: "fine" });
    }
  });
});
