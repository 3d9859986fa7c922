import type { Config } from "./config";
import type { Origin } from "./goal";
import type { Lookup } from "./lookup";
import type { Providers } from "./providers";
import type { RunContext } from "./removal";
import type { Neighbours } from "./stack-reference";
import type { Steps } from "./steps";

/** What the monitor needs from the run. */
export interface MonitorContext extends Origin {
  readonly run: RunContext;
  readonly steps: Steps;
  readonly lookup: Lookup;
  readonly providers: Providers;
  readonly config: Config;
  readonly parallel: number;
  readonly neighbours: Neighbours;
  /** Notes that a registration failed: the run ends with this error, and begins no further step. */
  readonly fail: (error: unknown) => void;
}
