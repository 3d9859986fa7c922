import { readingVariables } from "../components/processes/release";
import { type EnvironmentOutputs, forgeOutputs } from "./outputs";
import { publicHalves } from "./pem";
import { personToken } from "./people";
import { askPlatform, platformCall } from "./python";

/** A report of `ecluse_release` on an environment's versions. */
export interface ReportCall {
  /** After `ecluse_release.`. */
  readonly module: string;
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Asks for a report on a use case's versions, as the person at this machine, and gives its document. Throws a UserError
 * with what it says where it cannot be had.
 */
export async function releaseReport<T>(
  outputs: EnvironmentOutputs,
  useCase: string,
  { module, words = [], env = {} }: ReportCall,
): Promise<T> {
  const { environment, signingKey, tracking } = outputs;
  const variables = readingVariables({
    environment,
    useCase,
    // Reports verify, and sign nothing.
    signingPublicKey: publicHalves(signingKey),
    trackingUrl: tracking,
    token: await personToken((await forgeOutputs()).url, environment, "tracking", 600),
  });
  const call = platformCall([`ecluse_release.${module}`, ...words], { ...variables, ...env });
  return JSON.parse(await askPlatform({ ...call, what: `${useCase} in ${environment}` })) as T;
}
