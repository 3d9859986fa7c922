import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace } from "@pulumi/pulumi/automation";
import { describe, expect, it } from "vitest";
import { plan } from "../../cli/plan";
import { analyzerOf } from "../../policies/analyzer";
import { projectRoot } from "../../providers/local/home";
import { comparable, named } from "../policies/findings";
import { copyCheckout } from "./checkout";

const answers = (program: string, ...words: string[]) =>
  spawnSync(program, words, { stdio: "ignore", timeout: 20_000 }).status === 0;

const hasPulumi = answers("pulumi", "version");

/** What a stack needs beside the CLI: Azure's provider logs in, that of Kubernetes wants a cluster behind the context. */
const login: Readonly<Record<string, () => boolean>> = {
  dev: () => answers("az", "account", "show"),
  prod: () => answers("az", "account", "show"),
  "onprem-dev": () => answers("kubectl", "--context", "onprem-dev", "version"),
  "onprem-prod": () => answers("kubectl", "--context", "onprem-prod", "version"),
};

function missing(stack: string): string | undefined {
  if (!hasPulumi) return "there is no pulumi on PATH";
  return login[stack]?.() ? undefined : "nobody is logged in where it goes";
}

/** What a preview comes to: how much it would make, and which rules are broken by what. */
interface Outcome {
  readonly create: number | undefined;
  readonly findings: readonly string[];
}

/** Previews a stack of a copy of the program by the CLI, with the rules, against an empty state of its own. */
async function previewByCli(stackName: string): Promise<Outcome> {
  const checkout = copyCheckout();
  const backend = mkdtempSync(join(tmpdir(), "ecluse-backend-"));
  const envVars = { PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: "preview" };
  const found: { policy: string; urn: string }[] = [];
  // The JSON of `pulumi preview --json` leaves out what policies say; the events have it.
  const onEvent = ({ policyEvent }: EngineEvent) => {
    if (policyEvent) found.push({ policy: policyEvent.policyName, urn: policyEvent.resourceUrn ?? "" });
  };
  try {
    const stack = await LocalWorkspace.createStack({ stackName, workDir: checkout.projectDir }, { envVars });
    const { changeSummary } = await stack.preview({ policyPacks: [join(projectRoot, "policies")], onEvent });
    return { create: changeSummary.create, findings: named(found) };
  } finally {
    checkout.remove();
    rmSync(backend, { recursive: true });
  }
}

/** Previews a stack by the embedded engine, which like the CLI knows no value that a cloud chooses. */
async function previewEmbedded(stack: string): Promise<Outcome> {
  const { steps, changes } = await plan(stack);
  const states = steps.flatMap(({ newState }) => newState ?? []);
  const analyzer = analyzerOf(stack);
  const violations = [...states.flatMap((state) => analyzer.resource(state)), ...analyzer.stack(states)];
  return { create: changes.create, findings: named(comparable(violations)) };
}

describe("the Pulumi CLI plans and finds what the embedded engine does, and no mandatory rule is broken", () => {
  for (const stack of Object.keys(login)) {
    const reason = missing(stack);
    it.skipIf(reason)(
      `for ${stack}${reason ? ` (skipped: ${reason})` : ""}`,
      { timeout: 600_000 },
      async () => expect(await previewByCli(stack)).toEqual(await previewEmbedded(stack)),
    );
  }
});
