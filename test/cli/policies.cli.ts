import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Checkout } from "../graphs/checkout";
import { auditFindings, embeddedFindings, judgedRun, judgedState } from "./policies";
import { cliProject } from "./project";
import { Pulumi } from "./pulumi";

/** How the CLI ends for a mandatory violation. */
const STOPPED = 1;

/** A project, and the CLI with a backend of its own. */
function project() {
  const checkout = cliProject();
  return {
    checkout,
    cli: new Pulumi(inject("pulumiHome"), checkout.projectDir, { PULUMI_DEBUG_COMMANDS: "true" }),
  };
}

let checkout: Checkout;
let cli: Pulumi;
const setUp = () => ({ checkout, cli } = project());
const tearDown = () => {
  cli.remove();
  checkout.remove();
};

describe("pulumi preview --policy-pack policies", () => {
  beforeAll(setUp);
  afterAll(tearDown);

  it.each([
    ["forge", 0],
    ["dev", 1],
    ["prod", 0],
    ["onprem-dev", 1],
    ["onprem-prod", 0],
    ["local-forge", 0],
  ])("finds what the embedded engine finds in %s, and stops nothing", async (stack, least) => {
    await cli.init(stack);
    const { code, found } = await judgedRun(cli, "preview", stack);
    expect(found).toEqual(await embeddedFindings(checkout.projectDir, stack));
    expect(found.length).toBeGreaterThanOrEqual(least);
    expect(found.filter((line) => line.startsWith("mandatory"))).toEqual([]);
    expect(code).toBe(0);
  });

  it("judges by the parameters and levels of --policy-pack-config", async () => {
    const policy = "ml-08-tracking-reached-by-its-clients";
    const violation = `${policy} urn:pulumi:onprem-dev::ecluse::`;
    const preview = async (setting: object) => {
      checkout.write("setting.json", JSON.stringify({ [policy]: setting }));
      const config = ["--policy-pack-config", "setting.json"];
      const { code, found } = await judgedRun(cli, "preview", "onprem-dev", ...config);
      return {
        code,
        found: found.filter((line) => line.includes(violation)).map((line) => line.split(" ")[0]),
      };
    };
    expect(await preview({ ports: ["53"] })).toEqual({ code: STOPPED, found: ["mandatory"] });
    expect(await preview({ ports: ["53"], enforcementLevel: "advisory" })).toEqual({
      code: 0,
      found: ["advisory"],
    });
    expect(await preview({ ports: ["53"], enforcementLevel: "disabled" })).toEqual({ code: 0, found: [] });
  });

  it("stops a stack that breaks a mandatory rule", async () => {
    checkout.edit("components/azure/store.ts", "TLS1_2", "TLS1_0");
    const { code, found } = await judgedRun(cli, "preview", "prod");
    expect(found.filter((line) => line.startsWith("mandatory"))).toEqual([
      "mandatory st-06-tls-1-2 " +
        "urn:pulumi:prod::ecluse::ecluse:index:Environment$ecluse:azure:ArtifactStore$azure-native:storage:StorageAccount::prod-store",
    ]);
    expect(code).toBe(STOPPED);
  });
});

describe("with stand-ins for clouds that make everything", () => {
  beforeAll(setUp);
  afterAll(tearDown);

  it.each([
    ["dev", 1],
    ["onprem-prod", 0],
    ["forge", 0],
  ])(
    "pulumi up lets %s pass, and pulumi policy analyze finds in its state what the audit finds",
    async (stack, least) => {
      const file = join(checkout.projectDir, `${stack}.state.json`);
      await cli.init(stack);
      await cli.change("up", stack, "--policy-pack", "policies");
      await cli.must("stack", "export", "--stack", stack, "--file", file);
      const { code, found } = await judgedState(cli, file);
      expect(found).toEqual(await auditFindings(file));
      expect(found.length).toBeGreaterThanOrEqual(least);
      expect(code).toBe(found.some((line) => line.startsWith("mandatory")) ? STOPPED : 0);
    },
  );

  it("pulumi up makes nothing of what breaks a mandatory rule", async () => {
    checkout.edit("components/azure/store.ts", "TLS1_2", "TLS1_0");
    await cli.init("prod");
    const { code, found } = await judgedRun(cli, "up", "prod", "--yes", "--skip-preview");
    expect(found).toContain(
      "mandatory st-06-tls-1-2 " +
        "urn:pulumi:prod::ecluse::ecluse:index:Environment$ecluse:azure:ArtifactStore$azure-native:storage:StorageAccount::prod-store",
    );
    expect(code).toBe(STOPPED);
    const { resources = [] } = (await cli.state("prod")).deployment;
    expect(resources.filter(({ type }) => /^azure-native:storage:/.test(type))).toEqual([]);
  });
});
