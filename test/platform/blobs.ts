import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { eventually } from "../../local/eventually";
import { temporaryFolder } from "../../local/forge/fixture";
import { objectStore } from "../../local/objectStore/client";
import { python } from "../../local/provider/supervisor";
import { type RunningEnvironment, storeOf, useCase } from "./environments";

/**
 * What each blob of a container holds, by name. The hourly compaction removes blobs at any moment, so names and
 * contents may be of two moments: then they are read again.
 */
export function blobs(environment: RunningEnvironment, container: string): Promise<Map<string, Buffer>> {
  const opened = objectStore.openByKey(storeOf(environment), container);
  return eventually(`the blobs of ${container} are read`, async () => {
    const found = new Map<string, Buffer>();
    for (const name of await opened.list()) found.set(name, await opened.read(name));
    return found;
  });
}

/**
 * What the Python expression `ask` says of the frame `rows`: the predictions that an environment's log has, each once.
 * How many blobs they are in changes each hour.
 */
export async function askPredictions<T>(environment: RunningEnvironment, ask: string): Promise<T> {
  const folder = temporaryFolder("predictions-");
  for (const [name, content] of await blobs(environment, "inference"))
    if (name.startsWith(`${useCase}/date=`)) writeFileSync(join(folder, basename(name)), content);
  const read = 'rows = pl.read_parquet(sys.argv[1] + "/*.parquet").unique("prediction_id", keep="first")';
  const script = `import json, sys, polars as pl; ${read}; print(json.dumps(${ask}))`;
  return JSON.parse(execFileSync(python, ["-c", script, folder], { encoding: "utf8", maxBuffer: 2 ** 28 }));
}
