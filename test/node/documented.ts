import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { context } from "../../cluster/addresses";
import { nodeName } from "../../cluster/node";
import { projectRoot } from "../../local/home";
import { block, follow } from "./docs";
import { kubectl } from "./kubectl";

/** The command in a row of the table "Values". */
function asking(key: string): string {
  const page = readFileSync(join(projectRoot, "docs/kubernetes.md"), "utf8");
  const row = page.split("\n").find((line) => line.startsWith(`| \`${key}\` |`));
  const [, command] = /\| `(kubectl [^`]*)`/.exec(row ?? "") ?? [];
  if (!command) throw new Error(`docs/kubernetes.md has no row for ${key} with a command of kubectl`);
  return command;
}

/** Tests of commands of docs/kubernetes.md that no other test needs; both stacks are up. */
export function documented(): void {
  it.each([
    ["kubernetes.context", context],
    ["kubernetes.serviceAccountIssuer", '"issuer":"https://kubernetes.default.svc.cluster.local"'],
    ["cluster.ingressNamespace", "traefik"],
  ])("%s: the cluster says it when asked as the page asks", async (key, value) => {
    expect(await follow(asking(key))).toContain(value);
  });

  it("shows pods and ingresses with their address", async () => {
    const shown = await follow(block("kubectl get pods,ingress"));
    for (const part of ["pod/serve-", "pod/objects-0", "ingress.networking.k8s.io/proxy", "10.245.0.1"])
      expect(shown).toContain(part);
  });

  it("takes a key of a team's own store from two files", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ecluse-keys-"));
    const words = { "objects-serve": "objects-own", ACCESS_KEY_FILE: "access", SECRET_KEY_FILE: "secret" };
    try {
      writeFileSync(join(folder, "access"), "A");
      writeFileSync(join(folder, "secret"), "S");
      await follow(block("kubectl create secret generic"), words, folder);
      const asked = ["secret", "objects-own", "--namespace", "prod-bank-churn"];
      expect(await kubectl("get", ...asked, "--output", "jsonpath={.data}")).toBe(
        '{"accessKey":"QQ==","secretKey":"Uw=="}',
      );
      await kubectl("delete", ...asked);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("keeps a node for builds", async () => {
    await follow(block("kubectl label node"), { NAME: nodeName });
    const asked = ["get", "node", nodeName, "--output", "jsonpath={.spec.taints}"];
    expect(await kubectl(...asked)).toContain('"key":"ecluse.local/pool"');
    await kubectl("taint", "node", nodeName, "ecluse.local/pool-");
    await kubectl("label", "node", nodeName, "ecluse.local/pool-");
  });
}
