import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceState } from "../../engine/document";
import { graph, preview } from "../graphs/plan";

/** The stacks that are planned and broken. */
export const stacks = ["dev", "prod", "onprem-dev", "onprem-prod", "local-dev", "local-prod"] as const;

/** The state of a forge that is up, of which a local environment reads the outputs. */
const forge = {
  version: 3,
  deployment: {
    manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
    resources: [
      {
        urn: "urn:pulumi:local-forge::ecluse::pulumi:pulumi:Stack::ecluse-local-forge",
        type: "pulumi:pulumi:Stack",
        custom: false,
        outputs: {
          url: "http://127.0.0.1:4100",
          projectIds: { "ecluse/platform": "1", "ecluse/bank-churn": "2" },
        },
      },
    ],
  },
};

async function besideForge(stack: string): Promise<readonly ResourceState[]> {
  const backendDir = mkdtempSync(join(tmpdir(), "ecluse-forge-"));
  try {
    writeFileSync(join(backendDir, "local-forge.json"), JSON.stringify(forge));
    return (await preview(stack, { backendDir })).resources;
  } finally {
    rmSync(backendDir, { recursive: true });
  }
}

/** The resources that a shipped stack would make. */
export const resourcesOf = async (stack: string): Promise<readonly ResourceState[]> =>
  stack.startsWith("local-") ? besideForge(stack) : (await graph(stack)).resources;
