import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeBinary, projectRoot } from "../local/home";
import { python } from "../local/provider/supervisor";

/** Types `keys` into a command on a terminal of its own as soon as it asks; prints what it said, and ends as it did. */
const onTerminal = `
import os, pty, select, sys
keys, command = sys.argv[1].encode(), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
said = b""
while True:
    if not select.select([terminal], [], [], 30)[0]:
        os.kill(child, 9)
    try:
        read = os.read(terminal, 4096)
    except OSError:
        break
    said += read
    if b"stack's name" in said and keys:
        os.write(terminal, keys)
        keys = b""
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
`;

describe("npx ecluse destroy on a terminal", () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "ecluse-home-"));
  });
  afterAll(() => rmSync(home, { recursive: true }));

  it.each([
    ["Ctrl-C", "\x03", "stopped: nothing was removed"],
    ["the end of input", "\x04", "stopped: nothing was removed"],
    ["another name", "local-prod\r", "nothing was removed"],
  ])("removes nothing after %s, and says so", (_what, keys, message) => {
    const command = [nodeBinary, "--import", "tsx", join(projectRoot, "cli/main.ts"), "destroy", "local-dev"];
    const { status, stdout } = spawnSync(python, ["-c", onTerminal, keys, ...command], {
      cwd: projectRoot,
      encoding: "utf8",
      env: { ...process.env, ECLUSE_HOME: home },
    });
    expect(stdout).toContain(`ecluse: ${message}`);
    expect(status).toBe(1);
  });
});
