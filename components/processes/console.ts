import { type Input, jsonStringify } from "@pulumi/pulumi";
import type { ConsoleArgs, ForgeIdentity } from "../contracts";
import { projectPath } from "../naming";
import type { EnvironmentSettings, Tier } from "../settings";
import type { Variables } from "./variables";

/** What the console of an environment goes by on every target. */
export interface ConsoleProcess extends ConsoleArgs {
  readonly environment: string;
  readonly tier: Tier;
  readonly forge: ForgeIdentity | undefined;
}

/** What the console goes by, of the settings of its environment. */
export const consoleProcess = (
  { environment, tier }: EnvironmentSettings,
  args: ConsoleArgs,
  forge: ForgeIdentity | undefined,
): ConsoleProcess => ({ ...args, environment, tier, forge });

/** What a target gives the console. */
interface ConsolePlace {
  readonly host: string;
  readonly port: Input<string>;
  /** URL of the container of the monitor's reports, which it only reads. */
  readonly reportsUrl: Input<string>;
  /** Folder of the last audit report. */
  readonly auditFolder: string;
}

/** The environment variables of the console. */
export const consoleVariables = (process: ConsoleProcess, place: ConsolePlace) =>
  ({
    ECLUSE_HOST: place.host,
    ECLUSE_PORT: place.port,
    ECLUSE_ENVIRONMENT: process.environment,
    ECLUSE_TIER: process.tier,
    ECLUSE_USE_CASES: jsonStringify(useCasesOf(process)),
    MLFLOW_TRACKING_URI: process.tracking.url,
    ECLUSE_SIGNING_PUBLIC_KEY: process.signingPublicKey,
    ...(process.forge && { ECLUSE_FORGE_URL: process.forge.issuer }),
    ECLUSE_REPORTS_URL: place.reportsUrl,
    ECLUSE_AUDIT_FOLDER: place.auditFolder,
  }) satisfies Variables<"console">;

const useCasesOf = ({ serving, forge }: ConsoleProcess) =>
  Object.entries(serving).map(([name, url]) => ({
    name,
    serving: url,
    ...(forge && {
      project: forge.projectIds.apply((ids) => ids[projectPath(name, forge.group)] as string),
    }),
  }));
