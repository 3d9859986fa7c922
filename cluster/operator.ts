import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubernetesObject } from "./client";
import { moduleFolder } from "./goBuild";
import { operatorRelease } from "./programs";

/** The manifest of CloudNativePG's release as docs/kubernetes.md applies it, out of the operator's own Go module. */
export async function operatorObjects(): Promise<KubernetesObject[]> {
  const folder = await moduleFolder("github.com/cloudnative-pg/cloudnative-pg", join(__dirname, "operator"));
  const text = readFileSync(join(folder, `releases/cnpg-${operatorRelease}.yaml`), "utf8");
  const objects = parseAllDocuments(text).map((document) => document.toJSON() as KubernetesObject | null);
  return objects.filter((object) => object !== null);
}
