import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parseUrn } from "../../protocol/urn";
import { type Changed, type Expected, features, killedRun, refused } from "./features";
import { type Pair, type Ran, Template, Twin } from "./twin";

let template: Template;
beforeAll(async () => {
  template = await Template.make(inject("pulumiHome"));
});
afterAll(() => template.remove());

async function withTwin(test: (twin: Twin) => Promise<void>): Promise<void> {
  const twin = new Twin(template);
  await test(twin).finally(() => twin.remove());
}

// Parts of a replacement, and what stays the same.
const unshown = /^(same|(create|delete|discard|read)-replace(d|ment)) /;

/** What people see of the steps. */
function changed({ steps }: Pick<Ran, "steps">): Changed {
  const names: Record<string, string[]> = {};
  for (const step of steps.filter((each) => !unshown.test(each))) {
    const [, op = "", urn = ""] = /^(.*) (urn:.*)$/.exec(step) ?? [];
    names[op] = [...(names[op] ?? []), parseUrn(urn).name];
  }
  return names;
}

/**
 * After a failure, how much else was still looked at is a matter of time: what stays the same is left out, and so is
 * what the provider was only asked.
 */
function decided(ran: Ran, ordered: boolean): object {
  const { output: _told, atOnce: _atOnce, asked, steps, changes, calls, ...rest } = ran;
  const done = { ...rest, calls: ordered ? calls : [...calls].sort() };
  if (ran.succeeded) return { ...done, asked, steps, changes };
  const { same: _same, ...others } = changes;
  return { ...done, steps: steps.filter((step) => !step.startsWith("same ")), changes: others };
}

function expectBoth({ cli, engine }: Pair, run: Expected, ordered: boolean): void {
  const { steps, fails, engine: other, atOnce } = run;
  expect(cli.succeeded, cli.output).toBe(fails === undefined);
  if (atOnce) expect([cli.atOnce, engine.atOnce]).toEqual([atOnce, atOnce]);
  expect(changed(cli)).toEqual(steps);
  if (fails) {
    expect(cli.output).toMatch(fails.cli);
    expect(engine.output).toMatch(fails.engine);
  }
  if (other) {
    expect(engine.succeeded, engine.output).toBe(other.succeeds);
    expect(changed(engine)).toEqual(other.steps);
    if (other.succeeds) expect(engine.state).toEqual(cli.state);
  } else expect(decided(engine, ordered)).toEqual(decided(cli, ordered));
}

describe.concurrent("the embedded engine does what the CLI does", () => {
  it.each(features)("$name", async ({ scenario, runs, secrets, ordered = false }) =>
    withTwin(async (twin) => {
      for (const run of runs) {
        await twin.configure({ scenario, ...run.config }, secrets);
        if (run.resume) twin.resume();
        expectBoth(await twin.run(run), run, ordered);
      }
    }),
  );
});

it.concurrent(killedRun, async () =>
  withTwin(async (twin) => {
    await twin.configure({ scenario: "slow" });
    await twin.killAt("create second");
    twin.resume();
    const up = { operation: "up", config: {} } as const;
    const locked = await twin.run(up);
    expect(locked.cli.output).toContain("the stack is currently locked");
    expect(changed(locked.cli)).toEqual({});
    expect(locked.engine.output).toContain("an earlier run was stopped while creating this resource");
    expect(changed(locked.engine)).toEqual({ create: ["second"] });
    await twin.unlock();
    const { cli, engine } = await twin.run(up);
    expect(cli.output).toMatch(/pending/);
    expect(changed(cli)).toEqual({ create: ["second"] });
    expect(changed(engine)).toEqual({});
    expect(engine.state).toEqual(cli.state);
  }),
);

describe.concurrent("the embedded engine refuses what it does not have, and makes nothing", () => {
  it.each(refused)("$name", async ({ scenario, message, created }) =>
    withTwin(async (twin) => {
      await twin.configure({ scenario });
      const { cli, engine } = await twin.run({ operation: "up", config: {} });
      expect(engine.succeeded).toBe(false);
      expect(engine.output).toMatch(message);
      expect(engine.calls).toEqual([]);
      if (created) expect(changed(cli)).toEqual({ create: created });
    }),
  );
});
