import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reveal } from "../../protocol/properties";
import type { Checkout } from "../graphs/checkout";
import { resources } from "./counts";
import { Embedded } from "./embedded";
import { auditFindings, judgedState, judging, STOPPED } from "./policies";
import { cliProject } from "./project";
import type { Pulumi } from "./pulumi";
import { Times } from "./times";

let checkout: Checkout;
let cli: Pulumi;
let embedded: Embedded;
beforeAll(() => {
  checkout = cliProject();
  cli = judging(checkout);
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

const exportedFile = (stack: string) => join(checkout.projectDir, `${stack}.exported.json`);
const exported = (stack: string) =>
  cli.must("stack", "export", "--stack", stack, "--file", exportedFile(stack));

describe.each(["forge", "dev", "onprem-dev", "prod", "onprem-prod"] as const)(
  "%s, with stand-ins for its clouds",
  (stack) => {
    const count = resources[stack];

    it("goes up by the CLI past the policies, then changes nothing", async () => {
      await cli.init(stack);
      const up = () => cli.change("up", stack, "--policy-pack", "policies");
      expect(await times.of(stack, "up", "cli", up)).toEqual({ create: count });
      const again = () => cli.change("up", stack);
      expect(await times.of(stack, "up again", "cli", again)).toEqual({ same: count });
      const refresh = () => cli.change("refresh", stack);
      expect(await times.of(stack, "refresh", "cli", refresh)).toEqual({ same: count });
    });

    it("has a state in which pulumi policy analyze finds what the audit finds", async () => {
      await exported(stack);
      const { code, found } = await judgedState(cli, exportedFile(stack));
      expect(found).toEqual(await auditFindings(exportedFile(stack)));
      expect(found.length).toBeGreaterThanOrEqual(stack === "dev" ? 1 : 0);
      expect(code).toBe(found.some((line) => line.startsWith("mandatory")) ? STOPPED : 0);
    });
  },
);

// Production has all that development has, of the same program; so one of each target goes to and fro.
describe.each([
  ["forge", false],
  ["prod", true],
  ["onprem-prod", true],
] as const)("%s, by either", (stack, isProtected) => {
  const count = resources[stack];

  it("goes over to the embedded engine without a change, secrets too", async () => {
    await exported(stack);
    embedded.take(stack, exportedFile(stack));
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
    await exported(stack);
    embedded.take(stack, exportedFile(stack));
  };
  if (isProtected) it("is not destroyed while anything in it is protected", refusesToGo);

  it("is destroyed by either", async () => {
    expect(await times.of(stack, "destroy", "cli", () => cli.change("destroy", stack))).toEqual({
      delete: count,
    });
    expect(await changes(stack, "destroy", "destroy")).toEqual({ delete: count });
  });
});
