import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceState } from "../../local/engine/document";
import type { Fill } from "../../local/engine/offline";
import { graph, preview } from "../graphs/plan";
import { onceInRun } from "../inRun";

/** The stacks that are planned and broken. */
export const stacks = [
  "dev",
  "prod",
  "onprem-dev",
  "onprem-prod",
  "forge",
  "local-dev",
  "local-prod",
] as const;

/** Gives the forge's projects the numbers that the shipped environments pin. */
const gitlab: Fill = {
  resource(type, name) {
    const id = type.endsWith(":Project")
      ? { "forge-platform": "1", "forge-bank-churn": "2" }[name]
      : undefined;
    return { id: id ?? `9${Buffer.from(name).readUIntBE(0, 4)}`, outputs: { result: `made-up-${name}` } };
  },
  invoke: () => undefined,
};

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
export const resourcesOf = async (stack: string): Promise<readonly ResourceState[]> => {
  if (stack.startsWith("local-")) return onceInRun(`beside a forge ${stack}`, () => besideForge(stack));
  if (stack !== "forge") return (await graph(stack)).resources;
  return (await onceInRun("the forge, by number", () => preview(stack, { fill: gitlab }))).resources;
};
