import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { backendFolder } from "../../cli/stacks";
import { temporaryFolder } from "../../local/forge/fixture";
import { homeFolder, nodeBinary } from "../../local/home";
import { freePort } from "../../local/objectStore/fixture";
import { service } from "../../local/provider/kinds/service";
import { managerPid, stopManager } from "../../local/provider/supervisor";
import { EngineError } from "../../protocol/errors";
import { socketPath } from "../../protocol/socket";

// Accident and attack: ECLUSE_HOME is a path that a shell, a file of settings or a socket reads in another way.

const folder = temporaryFolder("odd homes-");
afterEach(() => vi.unstubAllEnvs());

/** Keeps a process alive below this home, and says whether it answers. */
async function runsAService(home: string): Promise<boolean> {
  vi.stubEnv("ECLUSE_HOME", home);
  const listening = await freePort();
  const code = `require("net").createServer().listen(${listening}, "127.0.0.1")`;
  try {
    await service.create({
      environment: "dev",
      name: "listener",
      command: [nodeBinary, "-e", code],
      env: {},
      secretEnv: { PASSWORD: "word" },
      ready: `tcp://127.0.0.1:${listening}`,
    } as Parameters<typeof service.create>[0]);
    return managerPid("dev") !== undefined;
  } finally {
    // While this is the home: later it would be the manager of another, such as that of the checkout.
    await stopManager("dev");
  }
}

describe("a home of an odd name", () => {
  it.each([
    ["spaces, a quote and a variable's name", "it's $HOME & `more`"],
    ["letters beyond ASCII", "écluse 水門 🦀"],
    ["more bytes than a socket's path may have", `long-${"x".repeat(200)}`],
  ])("runs services: %s", async (_, name) => {
    expect(await runsAService(join(folder, name))).toBe(true);
  });

  it.each(["new\nline", 'a "quote"', "100 %", "one ;two", "one #two", "bell\u0007"])(
    "is refused with the value and the fix, before anything is made: %j",
    (name) => {
      vi.stubEnv("ECLUSE_HOME", join(folder, name));
      expect(() => backendFolder()).toThrow(EngineError);
      expect(() => backendFolder()).toThrow(
        /ECLUSE_HOME must have no .*, got ".*"; set it to another folder/,
      );
    },
  );

  it("has one name, by a link or relative", () => {
    const [real, link] = [join(folder, "real"), join(folder, "link")];
    mkdirSync(real);
    symlinkSync(real, link);
    vi.stubEnv("ECLUSE_HOME", join(link, "below"));
    expect(homeFolder()).toBe(join(real, "below"));
    vi.stubEnv("ECLUSE_HOME", "relative");
    expect(homeFolder()).toBe(join(process.cwd(), "relative"));
  });
});

it("a temporary folder that is too deep for a socket is said with the fix", () => {
  expect(() => socketPath(`/tmp/${"deep/".repeat(20)}`, "socket")).toThrow(
    /107 bytes, got 111: .*set TMPDIR/,
  );
});
