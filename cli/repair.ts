import { userInfo } from "node:os";
import { platformPath } from "../components/naming";
import { repairVariables } from "../components/processes/release";
import { openIssuer } from "../local/forge/issuer";
import { masker } from "../local/forge/mask";
import { findProject } from "../local/forge/projects";
import { mintReleaseToken } from "../local/forge/tokens";
import { homeFolder } from "../local/home";
import { environmentsOf } from "./environmentsOf";
import { type EnvironmentOutputs, forgeOutputs } from "./outputs";
import { askPlatform, platformCall } from "./python";

/** What became of a use case's champion in one environment (`python -m ecluse_release.repair`). */
export interface Repaired {
  readonly environment: string;
  readonly changed: boolean;
  /** Version that has the alias now, or null. */
  readonly champion: string | null;
  readonly message: string;
  /** Why other versions have it not, by version. */
  readonly refused: Readonly<Record<string, string>>;
}

/**
 * Puts the alias `champion` of a use case, in each environment that is up, on the newest version that can be loaded as
 * it was released. Throws a UserError where no environment has the use case, or one cannot be asked.
 */
export async function repairChampions(useCase: string): Promise<Repaired[]> {
  const environments = await environmentsOf(useCase);
  const { url } = await forgeOutputs();
  return Promise.all(environments.map((outputs) => repairIn(outputs, useCase, url)));
}

async function repairIn(outputs: EnvironmentOutputs, useCase: string, forgeUrl: string): Promise<Repaired> {
  const { environment, signingKey, tracking } = outputs;
  const variables = repairVariables({
    environment,
    useCase,
    signingKey,
    trackingUrl: tracking,
    token: await releaseToken(outputs, forgeUrl),
  });
  const stdout = await askPlatform({
    ...platformCall(["ecluse_release.repair", "--json"], variables),
    what: `${useCase} in ${environment} cannot be repaired`,
    hide: masker([signingKey]),
    // Where no version can be loaded, it says so, and ends with another code.
    answered: ({ stdout }) => stdout.trim() !== "",
  });
  return { environment, ...JSON.parse(stdout) };
}

/** The token of the platform project's job, which alone may move the alias. */
async function releaseToken({ environment, tier }: EnvironmentOutputs, forgeUrl: string): Promise<string> {
  return mintReleaseToken(await openIssuer(homeFolder(), forgeUrl), {
    project: findProject(homeFolder(), platformPath),
    environment: { name: environment, tier },
    server: "tracking",
    ttl: 600,
    job: { sha: "", source: "api", login: userInfo().username, pipelineId: "repair", jobId: "repair" },
  });
}

/** The outcome for people: a line for each environment, and below it why versions were refused. */
export const repairText = (all: readonly Repaired[]): string =>
  all
    .flatMap(({ environment, message, refused }) => [
      `${environment}: ${message}`,
      ...Object.entries(refused).map(([version, why]) => `  version ${version}: ${why}`),
    ])
    .join("\n");
