import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** What drift of numbers and of categories is critical from; these are the monitor's own, where a use case says nothing. */
const defaults = { numeric: 0.2, categorical: 0.1 };

interface MonitorSettings {
  readonly drift?: {
    readonly numeric?: { readonly w_norm?: { readonly crit: number } };
    readonly categorical?: { readonly js?: { readonly crit: number } };
  };
}

/** Critical drift of a use case, from the `monitor.yaml` that its training logs with each model. */
export function monitorThresholds(useCase: string): {
  readonly numeric: number;
  readonly categorical: number;
} {
  const file = join(__dirname, "../../usecases", useCase, "monitor.yaml");
  const settings = existsSync(file) ? (parse(readFileSync(file, "utf8")) as MonitorSettings) : {};
  return {
    numeric: settings.drift?.numeric?.w_norm?.crit ?? defaults.numeric,
    categorical: settings.drift?.categorical?.js?.crit ?? defaults.categorical,
  };
}
