import { createPublicKey } from "node:crypto";
import { readingVariables } from "../components/processes/release";
import { type EnvironmentOutputs, forgeOutputs } from "./outputs";
import { personToken } from "./people";
import { callPython, platformCall } from "./python";
import { UserError } from "./stacks";

/** The public half of an environment's signing key, PEM: reports verify by it, and sign nothing. */
const publicKeyOf = (signingKey: string): string =>
  createPublicKey(signingKey).export({ type: "spki", format: "pem" }).toString();

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
  const said: string[] = [];
  const variables = readingVariables({
    environment,
    useCase,
    signingPublicKey: publicKeyOf(signingKey),
    trackingUrl: tracking,
    token: await personToken((await forgeOutputs()).url, environment, "tracking", 600),
  });
  const call = platformCall([`ecluse_release.${module}`, ...words], { ...variables, ...env });
  const { code, stdout } = await callPython({ ...call, onLine: (line) => said.push(line) });
  if (code === 0) return JSON.parse(stdout) as T;
  throw new UserError(`${useCase} in ${environment}: ${said.slice(-6).join("\n")}`);
}
