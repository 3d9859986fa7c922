import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../local/forge/fixture";
import { updateJson } from "../../local/forge/store";
import { typescriptProgram } from "../../local/home";
import { isRunning, takeLock, thisProcess, tryLock } from "../../local/lock";

// Accident and attack: a lock whose holder is gone. Three processes that took it over at once could all hold it: a slow
// one set aside what the first had put there, and gave it back when a third had its own in that place.

const folder = temporaryFolder("stale locks-");

/** Runs a process that takes the lock over so often, and gives what it says. */
async function take(file: string, rounds: number): Promise<string> {
  const [program = "", ...words] = typescriptProgram("test/attacks/testdata/locker.ts");
  const child = spawn(program, [...words, file, String(rounds)], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return `${said.join("")}${code}`;
}

describe("a dead holder's lock", () => {
  it("is held by one of five processes at a time, however they race for it", async () => {
    const file = join(folder, "raced");
    writeFileSync(file, "{ not even JSON");
    const said = await Promise.all(Array.from({ length: 5 }, () => take(file, 60)));
    expect(said).toEqual(["0", "0", "0", "0", "0"]);
    expect(readdirSync(folder).filter((name) => name.startsWith("raced"))).toEqual(["raced"]);
  });

  const elsewhen = "00000000-0000-0000-0000-000000000000";
  it.each([
    ["has its process number, but began at another time", { started: "1" }],
    // Ticks since boot alone may come again after a reboot, above all in a small container.
    ["ran before a reboot of the machine", { started: thisProcess().started.replace(/^[^/]+/, elsewhen) }],
    ["ended", { pid: 2 ** 22 + 1 }],
  ])("is taken over where the holder %s", async (_, change) => {
    const holder = { ...thisProcess(), ...change };
    const file = join(folder, "stale");
    writeFileSync(file, JSON.stringify(holder));
    expect(isRunning(holder)).toBe(false);
    await (await takeLock(file))();
  });

  it("is taken over although who removed it before was killed over it, too", async () => {
    const file = join(folder, "twice");
    for (const name of [file, `${file}.evict`, `${file}.evict.evict`]) writeFileSync(name, "");
    await (await takeLock(file))();
    expect(readdirSync(folder).filter((name) => name.startsWith("twice"))).toEqual([]);
  });

  it("is not waited for without end where it cannot be read", () => {
    const file = join(folder, "unreadable");
    mkdirSync(file);
    expect(() => tryLock(file)).toThrow(/unreadable: the lock cannot be read .*remove it/);
  });
});

describe("a clock that was set", () => {
  const anHour = 3600;
  const now = Date.now() / 1000;

  it("takes no lock from a process that works, though it looks an hour old", () => {
    const file = join(folder, "held");
    const release = tryLock(file);
    utimesSync(file, now - anHour, now - anHour);
    expect(tryLock(file)).toMatchObject({ pid: process.pid });
    (release as () => void)();
  });

  it("keeps no dead holder's lock, though it is of the future", () => {
    const file = join(folder, "registry.json");
    writeFileSync(`${file}.lock`, "");
    utimesSync(`${file}.lock`, now + anHour, now + anHour);
    updateJson<object[], void>(file, [], (all) => void all.push({}));
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual([{}]);
  });
});
