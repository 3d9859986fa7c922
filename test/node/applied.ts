import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { context } from "../../cluster/addresses";
import { namespaces } from "../../components/naming";
import { eventually } from "../../local/eventually";
import { follow } from "./docs";
import { type Ground, minutes } from "./ground";
import { kubectl } from "./kubectl";
import type { ClusterStack } from "./stack";

/** Fills in what only a team has, as its editor would: tokens that GitLab gave it. */
function choose(file: string): void {
  const asked = Object.keys(parse(readFileSync(file, "utf8")));
  writeFileSync(file, stringify(Object.fromEntries(asked.map((source) => [source, "glrt-made-up"]))));
}

/** Tests of development's end, and of its objects without Pulumi at the cluster; it is the last that happens to it. */
export function applied(up: () => ClusterStack, ground: () => Ground): void {
  it("is torn down by pulumi destroy, and leaves nothing", { timeout: minutes(10) }, async () => {
    await up().destroy();
    const spaces = await kubectl("get", "namespaces", "--output", "name");
    expect(spaces).not.toMatch(/namespace\/dev-/);
  });

  it("comes up from rendered objects by apply.sh", { timeout: minutes(15) }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "ecluse-rendered-"));
    try {
      await up().render(folder);
      choose(join(folder, "chosen.yaml"));
      await up().render(folder);
      const applying = follow(`sh cli/apply.sh ${folder} ${context}`);
      const { platform } = namespaces("dev");
      const secrets = ground().forge.secretsOf("dev");
      // As a person does meanwhile: the namespaces come first.
      const giving = eventually(
        `${platform} and its neighbours are there`,
        async () => {
          for (const secret of secrets) await up().client.apply(secret);
          return true;
        },
        180,
      );
      await Promise.all([applying, giving]);
      await up().pods();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
