import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { KubernetesObject } from "../../cluster/client";
import { projectRoot } from "../../local/home";

const heredoc = /<<END\n([\s\S]*?)\nEND\n/;

/** The Cluster that docs/kubernetes.md, "Restore", makes of an environment's own, as the shell would write it. */
export function restoredCluster(database: KubernetesObject): KubernetesObject {
  const page = readFileSync(join(projectRoot, "docs/kubernetes.md"), "utf8");
  const text = heredoc.exec(page.slice(page.indexOf("### Restore")))?.[1];
  if (!text) throw new Error("docs/kubernetes.md has no <<END … END below Restore");
  const value = (path: string) =>
    path.split(".").reduce((inner, key) => inner[key] as KubernetesObject, database.spec as KubernetesObject);
  const filled = text.replace(/\$\(of ([\w.]+)\)/g, (_all, path: string) => JSON.stringify(value(path)));
  const restored = parse(filled) as KubernetesObject;
  return {
    ...restored,
    metadata: { ...restored.metadata, namespace: database.metadata.namespace as string },
  };
}
