import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { Fixture } from "../../local/engine/testdata/harness";
import { temporaryFolder } from "../../local/forge/fixture";
import { readJson } from "../../local/forge/store";
import { projectRoot, typescriptProgram } from "../../local/home";

// Accident: a command is ended by `kill -9` at any moment. The next one succeeds, and finds everything whole.
// `MOMENTS=50 SEED=7 npx vitest run --project homes test/homes/killedCommands` tries more of them, or others.

const moments = Number(process.env.MOMENTS ?? 4);
/** Of a busy machine, in milliseconds. */
const patience = 300_000 + moments * 60_000;
const seed = Number(process.env.SEED ?? 20_261_128);

/** Parts of one that look random and come again with the seed. */
function* parts(): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}
const random = parts();

/** Ends a process that still runs, at a random moment of `milliseconds`; says whether it did. */
async function killed(child: ChildProcess, milliseconds: number): Promise<boolean> {
  const ended = once(child, "exit");
  await Promise.race([sleep(random.next().value * milliseconds), ended]);
  child.kill("SIGKILL");
  const [, signal] = await ended;
  return signal === "SIGKILL";
}

/** The processes that have this text among their variables: those of a run, its plugins and its program. */
function processesWith(text: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return pid !== String(process.pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
    } catch {
      return false;
    }
  });
}

describe(`kill -9 at ${moments} random moments of up (seed ${seed})`, () => {
  const stack = new Fixture();
  afterAll(() => stack.remove());

  /** One turn makes 30 files and removes 3; the next does the reverse. */
  const wanted = (turn: number) => ({ scenario: turn % 2 ? "chain" : "many", content: `turn ${turn}` });

  function start(turn: number): ChildProcess {
    const { onEvent: _none, ...options } = stack.options("up", wanted(turn), {});
    const up = join(projectRoot, "local/engine/testdata/up.ts");
    const env = { ...process.env, FIXTURE_OPTIONS: JSON.stringify(options) };
    return spawn(process.execPath, ["--import", "tsx", up], { env, stdio: "ignore" });
  }

  function expectWhole(turn: number): void {
    const { resources = [], pending_operations } = stack.document().deployment;
    const urns = resources.map(({ urn }) => urn);
    expect(new Set(urns).size, "nothing is doubled").toBe(urns.length);
    expect(pending_operations).toBeUndefined();
    const files = resources.filter(({ type }) => type === "files:index:File");
    expect(files).toHaveLength(turn % 2 ? 3 : 30);
    const kept = readdirSync(stack.dir).filter((name) => !/\.log$|^state$/.test(name));
    expect(kept.sort(), "nothing is left over").toEqual(files.map(({ id }) => id ?? "").sort());
    expect(readdirSync(join(stack.dir, "state")).filter((name) => /lock|new/.test(name))).toEqual([]);
  }

  it(
    "the next up succeeds, with nothing doubled and no process left over",
    async () => {
      const before = performance.now();
      await once(start(0), "exit");
      const whole = performance.now() - before;
      for (let turn = 1, kills = 0; kills < moments; turn++) {
        if (await killed(start(turn), whole)) kills++;
        await expect.poll(() => processesWith(stack.dir), { timeout: 30_000 }).toEqual([]);
        await stack.up(wanted(turn).scenario, wanted(turn));
        expectWhole(turn);
      }
    },
    patience,
  );
});

describe(`kill -9 at random moments of a use case's steps (seed ${seed})`, () => {
  it(
    "they go on where they ended: of a killed run one step at most is done again",
    async () => {
      const home = temporaryFolder("killed run-");
      const [log, steps] = [join(home, "log"), 1200];
      const [program = "", ...words] = typescriptProgram("test/attacks/testdata/steps.ts");
      const start = () =>
        spawn(program, [...words, log, String(steps)], {
          env: { ...process.env, ECLUSE_HOME: home },
          stdio: "inherit",
        });
      let kills = 0;
      for (; kills < 3 * moments && (await killed(start(), 600)); kills++)
        readJson(join(home, "journal/bank-churn.json"), {});
      const [code] = await once(start(), "exit");
      expect(code).toBe(0);
      const done = readFileSync(log, "utf8").trim().split("\n");
      expect([...new Set(done)]).toEqual(Array.from({ length: steps }, (_, step) => String(step)));
      expect(done.length - steps).toBeLessThanOrEqual(kills);
      expect(kills).toBeGreaterThan(0);
    },
    patience,
  );
});
