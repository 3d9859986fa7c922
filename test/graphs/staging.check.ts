import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../local/home";
import { type Checkout, copyCheckout } from "./checkout";
import { shared } from "./owned";
import { type Graph, graph, ofKind, ofType, preview, textAt } from "./plan";

/** What development's file says, for another environment. */
function stagingFile(): string {
  const dev = readFileSync(join(projectRoot, "Pulumi.dev.yaml"), "utf8");
  return dev
    .replaceAll(/\bdev\b/g, "staging")
    .replace("tier: development", "tier: staging")
    .replace("10.20.0.0/20", "10.22.0.0/20")
    .replaceAll(/0{10}d(\d)/g, "0000000000c$1");
}

describe("Pulumi.staging.yaml, alone", () => {
  let checkout: Checkout;
  let staging: Graph;

  beforeAll(async () => {
    checkout = copyCheckout();
    checkout.write("Pulumi.staging.yaml", stagingFile());
    staging = await preview("staging", { projectDir: checkout.projectDir });
  }, 240_000);

  afterAll(() => checkout.remove());

  it("adds a whole environment", async () => {
    const count = ({ resources }: Graph) => resources.map(({ type }) => type).sort();
    expect(count(staging)).toEqual(count(await graph("dev")));
    expect(
      ofType(staging, "resources:ResourceGroup").map((each) => textAt(each, "resourceGroupName")),
    ).toEqual(["rg-ecluse-staging"]);
    expect(
      ofKind(staging, "Namespace")
        .map((each) => textAt(each, "metadata.name"))
        .sort(),
    ).toEqual([
      "staging-bank-churn",
      "staging-bank-churn-ci",
      "staging-build",
      "staging-platform",
      "staging-release",
    ]);
  });

  it.each(["dev", "prod"])("shares nothing with %s", async (other) => {
    expect(shared(staging, await graph(other))).toEqual([]);
  });

  it.each(["dev", "prod"])(
    "changes nothing of %s",
    async (other) => {
      const wanted = ({ resources, warnings }: Graph) => ({
        warnings: [...warnings].sort(),
        resources: resources
          .map(({ created: _created, modified: _modified, ...rest }) => rest)
          .sort((a, b) => (a.urn < b.urn ? -1 : 1)),
      });
      const beside = await preview(other, { projectDir: checkout.projectDir });
      expect(wanted(beside)).toEqual(wanted(await graph(other)));
    },
    120_000,
  );

  it.each([
    [
      "an address range",
      "10.22.0.0/20",
      "10.20.8.0/22",
      /addressSpace is "10\.20\.8\.0\/22": overlaps 10\.20\.0\.0\/20/,
    ],
    [
      "its administrators",
      "clusterAdmins: 00000000-0000-0000-0000-0000000000c2",
      "clusterAdmins: 00000000-0000-0000-0000-0000000000e2",
      /ecluse:azure\.groups\.clusterAdmins is "00000000-0000-0000-0000-0000000000e2": Pulumi\.prod\.yaml has the same/,
    ],
  ] as const)(
    "is refused before any resource where it shares %s",
    async (_what, from, to, reason) => {
      const events: string[] = [];
      checkout.write("Pulumi.staging.yaml", stagingFile().replace(from, to));
      const plan = preview("staging", {
        projectDir: checkout.projectDir,
        onEvent: ({ type }) => events.push(type),
      });
      await expect(plan.then(({ changes }) => changes)).rejects.toThrow(reason);
      expect(events).not.toContain("step-started");
    },
    120_000,
  );
});
