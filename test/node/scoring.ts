import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { namespaces } from "../../components/naming";
import { eventually } from "../../local/eventually";
import { application, useCase } from "./forge";
import { type Ground, personToken } from "./ground";
import { kubectlGiven } from "./kubectl";
import { secretIn } from "./secrets";
import type { Server } from "./server";
import { runUseCase } from "./useCaseCode";

/** A customer as a caller of the model server sends one. */
function madeUpCustomer(): Readonly<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-row-"));
  const file = join(folder, "rows.json");
  const date = new Date().toISOString().slice(0, 10);
  const words = [
    "-m",
    "ecluse",
    "traffic",
    "--date",
    date,
    "--scenario",
    "clean",
    "--rows",
    "1",
    "--to",
    file,
  ];
  try {
    runUseCase(words, { ECLUSE_ENVIRONMENT: "dev", ECLUSE_USE_CASE: useCase });
    return JSON.parse(readFileSync(file, "utf8"))[0];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A caller who has one customer after the other scored, as fast as answers come, until it is stopped. */
export class Caller {
  /** The ids of the predictions that were given. */
  readonly predictions: string[] = [];
  /** What was answered in their place. */
  readonly failures: string[] = [];
  private stopped = false;
  private readonly work: Promise<void>;

  private constructor(
    private readonly server: Server,
    private readonly token: string,
  ) {
    this.work = this.call();
  }

  /** A person asks development's model server from outside while `work` is done. */
  static async during({ forge }: Ground, work: (caller: Caller) => Promise<void>): Promise<Caller> {
    const server = forge.outside("dev", useCase);
    const caller = new Caller(server, await personToken(forge, application("dev")));
    try {
      await work(caller);
    } finally {
      await caller.stop();
    }
    return caller;
  }

  private async call(): Promise<void> {
    const customer = madeUpCustomer();
    for (let id = Date.now(); !this.stopped; id += 1) {
      const records = [{ ...customer, id: `${id}` }];
      await this.score(records).catch((error: Error) => this.failures.push(error.message));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private async score(records: readonly object[]): Promise<void> {
    const { status, body } = await this.server.ask("/score", this.token, { time: null, records });
    if (status === 200) this.predictions.push(body.predictions[0].prediction_id);
    else this.failures.push(`${status}: ${JSON.stringify(body)}`);
  }

  /** Waits until as many more were scored; throws where that takes longer than a minute. */
  async scored(count: number): Promise<void> {
    const goal = this.predictions.length + count;
    await eventually(`${count} more are scored`, async () => this.predictions.length >= goal);
  }

  /** Stops after the request that is under way. */
  private async stop(): Promise<void> {
    this.stopped = true;
    await this.work;
  }
}

const reading = `import io, json, os, sys, polars
from ecluse_core.opening import open_container
key = json.load(sys.stdin)
own = {"AWS_ACCESS_KEY_ID": key["accessKey"], "AWS_SECRET_ACCESS_KEY": key["secretKey"]}
log = open_container("ECLUSE_INFERENCE_URL", {**os.environ, **own})
for name in [found for found in log.etags(sys.argv[1]) if "/date=" in found and found.endswith(".parquet")]:
    rows = polars.read_parquet(io.BytesIO(log.read(name).content), columns=["prediction_id"])
    print("\\n".join(rows["prediction_id"]))`;

/** The ids of all predictions that development's log holds. */
async function loggedPredictions({ client }: Ground): Promise<ReadonlySet<string>> {
  const key = await secretIn(client, namespaces("dev").useCase(useCase), "objects-compact");
  const pod = ["--namespace", namespaces("dev").useCase(useCase), "deployment/serve"];
  const words = ["python", "-c", reading, useCase];
  const printed = await kubectlGiven(JSON.stringify(key), "exec", "--stdin", ...pod, "--", ...words);
  return new Set(printed.split("\n"));
}

/** The predictions that a caller was given, and that do not come to the log: there must be none. */
export async function lost(ground: Ground, { predictions }: Pick<Caller, "predictions">): Promise<string[]> {
  let missing = predictions;
  // A model server keeps them on its disk for some seconds; and compaction removes blobs between a list and a read.
  const none = async () => {
    const logged = await loggedPredictions(ground);
    missing = missing.filter((id) => !logged.has(id));
    return missing.length === 0;
  };
  await eventually("the log has all predictions", none).catch(() => undefined);
  return missing;
}
