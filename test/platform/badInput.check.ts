import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeBinary, projectRoot } from "../../local/home";
import { type Ended, ecluse } from "./setup";

let home: string;
let taken: Server;
const env = () => ({ ECLUSE_HOME: home });

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "ecluse-bad-"));
  taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
});

afterAll(async () => {
  taken.close();
  await ecluse(["destroy", "local-forge", "--yes"], env());
  rmSync(home, { recursive: true, force: true });
});

/** Exit 1, the message, and no stack trace. */
function expectRefusal({ code, stderr }: Pick<Ended, "code" | "stderr">, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(1);
}

describe("a wrong config value", () => {
  it.each([
    ["unknown key", "ecluse:colour=red", /ecluse:colour is "red": there is no such key; remove it/],
    [
      "wrong type",
      'ecluse:ports={"forge":"many"}',
      /ecluse:ports\.forge is "many": set it to a number from 1024/,
    ],
    ["missing value", "ecluse:kind=", /ecluse:kind is "": set it to forge, environment/],
    ["no assignment", "ecluse:kind", /--config ecluse:kind: write it as ecluse:<key>=<value>/],
  ])("%s", async (_, config, message) => {
    expectRefusal(await ecluse(["up", "local-forge", "-c", config], env()), message);
  });
});

describe("a machine that is not as it should be", () => {
  it("a port that is taken", async () => {
    const { port } = taken.address() as { port: number };
    const ended = await ecluse(["up", "local-forge", "-c", `ecluse:ports={"forge":${port}}`], env());
    expectRefusal(
      ended,
      new RegExp(`port ${port} \\(ecluse:ports\\.forge of forge\\) is taken: set another`),
    );
    // What was made before stays, and a right value goes on from there.
    expect((await ecluse(["up", "local-forge"], env())).code).toBe(0);
  });

  it("a home folder that cannot be written", async () => {
    // A file in the way stops root too, which no mode does.
    const blocked = join(home, "file", "home");
    writeFileSync(join(home, "file"), "");
    const ended = await ecluse(["up", "local-forge"], { ECLUSE_HOME: blocked });
    expectRefusal(
      ended,
      /ECLUSE_HOME \S+\/file\/home cannot be written .* set ECLUSE_HOME to another folder/,
    );
  });

  it("no Python", () => {
    const ended = spawnSync(nodeBinary, ["local/setup/bootstrap.mjs", "cli/main.ts", "status"], {
      cwd: projectRoot,
      env: { PATH: "/nonexistent" },
      encoding: "utf8",
    });
    expectRefusal(
      { code: ended.status, stderr: ended.stderr },
      /Python 3\.11 or later is needed and none is on PATH: install it/,
    );
  });
});

describe("a state that cannot be used", () => {
  const file = () => join(home, "stacks/local-forge.json");

  it("with another passphrase", async () => {
    const before = readFileSync(file(), "utf8");
    expectRefusal(
      await ecluse(["up", "local-forge"], { ...env(), PULUMI_CONFIG_PASSPHRASE: "wrong" }),
      /local-forge\.json: wrong passphrase; give the one that the stack was made with/,
    );
    expect(readFileSync(file(), "utf8")).toBe(before);
  });

  it("damaged", async () => {
    const before = readFileSync(file(), "utf8");
    writeFileSync(file(), before.slice(0, 500));
    expectRefusal(
      await ecluse(["up", "local-forge"], env()),
      /local-forge\.json: the state is damaged: .* Restore it from a backup/,
    );
    expect(readFileSync(file(), "utf8")).toBe(before.slice(0, 500));
    writeFileSync(file(), before);
    expect((await ecluse(["up", "local-forge"], env())).stdout).toBe("local-forge: nothing to change\n");
  });

  it("of a stack, environment or log that there is not", async () => {
    expectRefusal(
      await ecluse(["up", "local-staging"], env()),
      /there is no stack local-staging: it is one of dev, forge, local-dev/,
    );
    expectRefusal(await ecluse(["up", "local-dev/../x"], env()), /there is no stack/);
    expectRefusal(await ecluse(["open", "staging"], env()), /environment staging is not up/);
    mkdirSync(join(home, "dev"), { recursive: true });
    expectRefusal(await ecluse(["logs", "dev/nothing"], env()), /there is no log dev\/nothing/);
  });
});
