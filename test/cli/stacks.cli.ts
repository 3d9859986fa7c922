import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { reveal } from "../../protocol/properties";
import type { Checkout } from "../graphs/checkout";
import { resources } from "./counts";
import { Embedded } from "./embedded";
import { cliProject } from "./project";
import { Pulumi } from "./pulumi";
import { Times } from "./times";

let checkout: Checkout;
let cli: Pulumi;
let embedded: Embedded;
beforeAll(() => {
  checkout = cliProject();
  cli = new Pulumi(inject("pulumiHome"), checkout.projectDir);
  embedded = new Embedded(checkout.projectDir);
});
afterAll(() => {
  cli.remove();
  embedded.remove();
  checkout.remove();
});

const times = new Times();
afterAll(() => times.print());

const changes = async (stack: string, what: string, operation: "up" | "refresh" | "destroy") =>
  (await times.of(stack, what, "engine", () => embedded.run(operation, stack))).changes;

describe.each([
  ["forge", false],
  ["dev", false],
  ["onprem-dev", false],
  ["prod", true],
  ["onprem-prod", true],
] as const)("%s, with stand-ins for its clouds", (stack, isProtected) => {
  const count = resources[stack];
  const exported = () => join(checkout.projectDir, `${stack}.exported.json`);

  it("goes up by the CLI, then changes nothing", async () => {
    await cli.init(stack);
    expect(await times.of(stack, "up", "cli", () => cli.change("up", stack))).toEqual({ create: count });
    expect(await times.of(stack, "up again", "cli", () => cli.change("up", stack))).toEqual({ same: count });
    expect(await times.of(stack, "refresh", "cli", () => cli.change("refresh", stack))).toEqual({
      same: count,
    });
  });

  it("goes over to the embedded engine without a change, secrets too", async () => {
    await cli.must("stack", "export", "--stack", stack, "--file", exported());
    embedded.take(stack, exported());
    const { changes, outputs } = await embedded.run("up", stack);
    expect(changes).toEqual({ same: count });
    const { stdout } = await cli.must("stack", "output", "--stack", stack, "--json", "--show-secrets");
    expect(reveal(outputs)).toEqual(JSON.parse(stdout));
  });

  it("goes up by the embedded engine, then changes nothing", async () => {
    embedded.forget(stack);
    expect(await changes(stack, "up", "up")).toEqual({ create: count });
    expect(await changes(stack, "up again", "up")).toEqual({ same: count });
    expect(await changes(stack, "refresh", "refresh")).toEqual({ same: count });
  });

  it("goes back to the CLI without a change", async () => {
    await cli.must("stack", "import", "--stack", stack, "--file", embedded.stateFile(stack));
    await cli.must("preview", "--stack", stack, "--expect-no-changes", "--non-interactive");
  });

  const refusesToGo = async () => {
    // Its preview fails; with --skip-preview the CLI would delete what is not protected before it comes to what is.
    const { code, stdout } = await cli.run("destroy", "--stack", stack, "--yes");
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/protect/);
    expect((await cli.state(stack)).deployment.resources).toHaveLength(count);
    await expect(embedded.run("destroy", stack)).rejects.toThrow(/cannot be deleted because it is protected/);
    await cli.must("state", "unprotect", "--all", "--stack", stack, "--yes");
    await cli.must("stack", "export", "--stack", stack, "--file", exported());
    embedded.take(stack, exported());
  };
  if (isProtected) it("is not destroyed while anything in it is protected", refusesToGo);

  it("is destroyed by either", async () => {
    expect(await times.of(stack, "destroy", "cli", () => cli.change("destroy", stack))).toEqual({
      delete: count,
    });
    expect(await changes(stack, "destroy", "destroy")).toEqual({ delete: count });
  });
});
