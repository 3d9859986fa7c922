import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reveal } from "../../protocol/properties";
import type { Checkout } from "../graphs/checkout";
import { resources } from "./counts";
import { Embedded } from "./embedded";
import { cliProject } from "./project";
import { projectCli } from "./projectCli";
import type { Pulumi } from "./pulumi";
import { Times } from "./times";

const whole = (stack: "local-forge" | "local-dev") => {
  const count = resources[stack];
  return { stack, count, kept: { same: count }, gone: { delete: count } };
};
const forge = whole("local-forge");
// It reads the forge's outputs by a reference, which is in the state but no resource of its own.
const dev = {
  ...whole("local-dev"),
  kept: { same: resources["local-dev"] + 1 },
  gone: { delete: resources["local-dev"], discard: 1 },
};
const homes = ["cli", "engine"].map((name) => mkdtempSync(join(tmpdir(), `ecluse-${name}-`)));
const times = new Times();
let checkout: Checkout;
let cli: Pulumi;
let embedded: Embedded;
beforeAll(() => {
  checkout = cliProject();
  const [first = "", second = ""] = homes;
  cli = projectCli(checkout, { ECLUSE_HOME: first });
  embedded = new Embedded(checkout.projectDir, { ECLUSE_HOME: second });
});
afterAll(async () => {
  // What a failed test has left running: destroying what is gone already changes nothing.
  for (const { stack } of [dev, forge]) await cli.run("destroy", "--stack", stack, "--yes", "--skip-preview");
  for (const { stack } of [dev, forge]) await embedded.run("destroy", stack).catch(() => {});
  times.print();
  cli.remove();
  embedded.remove();
  checkout.remove();
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** Whether the tracking server of an environment answers. */
const answers = (tracking: string) =>
  fetch(`${tracking}/health`).then(
    ({ ok }) => ok,
    () => false,
  );

describe("the local stacks, by the project's own provider and with real services", () => {
  const up = (by: "cli" | "engine", { stack }: { stack: string }, what: string) =>
    times.of(stack, what, by, async () =>
      by === "cli" ? cli.change("up", stack) : (await embedded.run("up", stack)).changes,
    );
  let tracking = "";

  it.each([forge, dev])("$stack goes up by the CLI, then changes nothing", async ({ stack, count, kept }) => {
    await cli.init(stack);
    expect(await up("cli", { stack }, "up")).toEqual({ create: count });
    expect(await up("cli", { stack }, "up again")).toEqual({ same: count });
    const refreshed = await times.of(stack, "refresh", "cli", () => cli.change("refresh", stack));
    expect(refreshed).toEqual(kept);
  });

  it("has a tracking server that answers", async () => {
    const { stdout } = await cli.must("stack", "output", "tracking", "--stack", dev.stack);
    tracking = stdout.trim();
    expect(await answers(tracking)).toBe(true);
  });

  it("goes over to the embedded engine and back without a change", async () => {
    const there = new Embedded(checkout.projectDir, { ECLUSE_HOME: homes[0] ?? "" });
    for (const { stack, count } of [forge, dev]) {
      const file = join(checkout.projectDir, `${stack}.json`);
      await cli.must("stack", "export", "--stack", stack, "--file", file);
      there.take(stack, file);
      const { changes, outputs } = await there.run("up", stack);
      expect(changes).toEqual({ same: count });
      const { stdout } = await cli.must("stack", "output", "--stack", stack, "--json", "--show-secrets");
      expect(reveal(outputs)).toEqual(JSON.parse(stdout));
      await cli.must("stack", "import", "--stack", stack, "--file", there.stateFile(stack));
      await cli.must("preview", "--stack", stack, "--expect-no-changes", "--non-interactive");
    }
    there.remove();
  });

  it("is destroyed by the CLI, and nothing answers any more", async () => {
    for (const { stack, gone } of [dev, forge])
      expect(await times.of(stack, "destroy", "cli", () => cli.change("destroy", stack))).toEqual(gone);
    expect(await answers(tracking)).toBe(false);
  });

  it("does the same by the embedded engine", async () => {
    for (const { stack, count, kept } of [forge, dev]) {
      expect(await up("engine", { stack }, "up")).toEqual({ create: count });
      expect(await up("engine", { stack }, "up again")).toEqual({ same: count });
      const refreshed = await times.of(stack, "refresh", "engine", () => embedded.run("refresh", stack));
      expect(refreshed.changes).toEqual(kept);
    }
    for (const { stack, gone } of [dev, forge]) {
      const destroyed = await times.of(stack, "destroy", "engine", () => embedded.run("destroy", stack));
      expect(destroyed.changes).toEqual(gone);
    }
  });
});
