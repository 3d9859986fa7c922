import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Checkout } from "../graphs/checkout";
import { judgedRun, judging, STOPPED } from "./policies";
import { cliProject } from "./project";
import type { Pulumi } from "./pulumi";

let checkout: Checkout;
let cli: Pulumi;
beforeAll(() => {
  checkout = cliProject();
  cli = judging(checkout);
});
afterAll(() => {
  cli.remove();
  checkout.remove();
});

// That they find in each stack what the embedded engine finds is for preview.cli.ts and stacks.cli.ts.
describe("--policy-pack policies", () => {
  it("judges by the parameters and levels of --policy-pack-config", async () => {
    const policy = "ml-08-tracking-reached-by-its-clients";
    const violation = `${policy} urn:pulumi:onprem-dev::ecluse::`;
    await cli.init("onprem-dev");
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

  describe("stops a stack that breaks a mandatory rule", () => {
    const violation =
      "mandatory st-06-tls-1-2 " +
      "urn:pulumi:prod::ecluse::ecluse:index:Environment$ecluse:azure:ArtifactStore$azure-native:storage:StorageAccount::prod-store";
    beforeAll(async () => {
      checkout.edit("components/azure/store.ts", "TLS1_2", "TLS1_0");
      await cli.init("prod");
    });

    it("in its preview", async () => {
      const { code, found } = await judgedRun(cli, "preview", "prod");
      expect(found.filter((line) => line.startsWith("mandatory"))).toEqual([violation]);
      expect(code).toBe(STOPPED);
    });

    it("before anything of it is made", async () => {
      const { code, found } = await judgedRun(cli, "up", "prod", "--yes", "--skip-preview");
      expect(found).toContain(violation);
      expect(code).toBe(STOPPED);
      const { resources = [] } = (await cli.state("prod")).deployment;
      expect(resources.filter(({ type }) => /^azure-native:storage:/.test(type))).toEqual([]);
    });
  });
});
