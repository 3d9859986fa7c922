import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { KubernetesObject } from "./client";
import { go } from "./goBuild";

/** Operators' resource definitions, in the Go module of each release; `sum` is what go.sum would hold of it. */
const sources = [
  {
    module: "github.com/cloudnative-pg/cloudnative-pg@v1.30.1",
    sum: "h1:d1jxp0jQi7/3zrEhsv9ycD+G5ssmkNvDvTmogaGccCw=",
    folder: "config/crd/bases",
    files: ["clusters", "scheduledbackups", "backups", "databases", "poolers"].map(
      (name) => `postgresql.cnpg.io_${name}.yaml`,
    ),
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
    folder: "example/prometheus-operator-crd",
    files: ["servicemonitors", "podmonitors", "prometheusrules"].map(
      (name) => `monitoring.coreos.com_${name}.yaml`,
    ),
  },
  {
    module: "sigs.k8s.io/secrets-store-csi-driver@v1.5.3",
    sum: "h1:SBsYaGmuQN9EIHwi32gaf0k94hyjjeaQ5eWeyqC0lWQ=",
    folder: "config/crd/bases",
    files: ["secrets-store.csi.x-k8s.io_secretproviderclasses.yaml"],
  },
];

async function read({ module, sum, folder, files }: (typeof sources)[number]): Promise<KubernetesObject[]> {
  // Outside of this module: its own dependencies must not take part in those of the cluster.
  const found = JSON.parse(await go(["mod", "download", "-json", module], tmpdir()));
  if (found.Sum !== sum)
    throw new Error(`${module} has the sum ${found.Sum}, not ${sum} as cluster/definitions.ts says`);
  return files.map((file) => parse(readFileSync(join(found.Dir, folder, file), "utf8")));
}

/** The CustomResourceDefinitions that the docs ask a cluster to have. */
export async function definitions(): Promise<KubernetesObject[]> {
  return (await Promise.all(sources.map(read))).flat();
}
