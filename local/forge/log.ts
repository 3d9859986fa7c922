import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { masker } from "./mask";
import type { JobRecord, PipelineRecord } from "./records";
import type { PipelineOptions } from "./run";

const LARGEST_LOG_BYTES = 16 << 20;

// What a job prints is shown in terminals, which take orders by these. Taken out before masking: they could split a
// secret.
const CONTROL = /(?!\t)\p{Cc}/gu;

/** The pipeline of a job, as far as its log goes. */
interface Logged {
  readonly record: Pick<PipelineRecord, "id">;
  readonly options: Pick<PipelineOptions, "home" | "onEvent">;
}

/** Opens the job's log; each line is masked before it reaches the file or a listener. */
export function openLog(run: Logged, entry: JobRecord, secrets: readonly string[]): (line: string) => void {
  entry.log = join("logs", run.record.id, `${entry.id}.log`);
  const file = join(run.options.home, "forge", entry.log);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, "", { mode: 0o600 });
  const mask = masker(secrets);
  let left = LARGEST_LOG_BYTES;
  return (line) => {
    const masked = mask(line.replace(CONTROL, ""));
    left -= masked.length + 1;
    if (left < 0) return;
    appendFileSync(file, `${masked}\n`);
    run.options.onEvent?.({ type: "line", job: entry.name, line: masked });
  };
}

/** What a job has printed so far; nothing where it has not begun. */
export function readLog(home: string, { log }: Pick<JobRecord, "log">): string {
  const file = log && join(home, "forge", log);
  return file && existsSync(file) ? readFileSync(file, "utf8") : "";
}
