import { run } from "../engine";
import type { RunOptions } from "../options";

// Runs the engine in a process of its own, for tests that kill it; its options come in the environment.
run(JSON.parse(process.env.FIXTURE_OPTIONS ?? "{}") as RunOptions).catch((error: unknown) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
