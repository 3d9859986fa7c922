import { userInfo } from "node:os";
import { platformPath } from "../components/naming";
import { promotionVariables } from "../components/processes/release";
import { masker } from "../local/forge/mask";
import { type PlatformWork, runPlatformJob } from "../local/forge/platformJob";
import { findProject } from "../local/forge/projects";
import { homeFolder } from "../local/home";
import { environmentsOf } from "./environmentsOf";
import { type EnvironmentOutputs, forgeOutputs } from "./outputs";
import { askPlatform, platformCall } from "./python";

/** Which version is to be champion, and why. */
export interface Promotion {
  readonly asked: "promote" | "rollback";
  readonly useCase: string;
  /** The last on the way to production that has the use case, when not given. */
  readonly env?: string | undefined;
  /** Of a rollback the version before the champion, when not given. */
  readonly to?: string | undefined;
  readonly reason: string;
}

/** How it ended (`python -m ecluse_release.promotion`). */
export interface Promoted {
  readonly environment: string;
  readonly changed: boolean;
  readonly champion: string | null;
  readonly former: string | null;
  readonly message: string;
  /** Why a rollback has passed over other versions. */
  readonly refused: Readonly<Record<string, string>>;
}

/**
 * Makes a version champion that was released before, by a job of the platform's own project: its tokens alone may, and
 * they name the person at this machine. Throws a UserError with the reason where it is refused: nothing is changed.
 */
export async function promote(promotion: Promotion): Promise<Promoted> {
  const { asked, useCase, env, to = "", reason } = promotion;
  const outputs = (await environmentsOf(useCase, env)).at(-1) as EnvironmentOutputs;
  const { environment, tier } = outputs;
  const job = {
    home: homeFolder(),
    forgeUrl: (await forgeOutputs()).url,
    project: findProject(homeFolder(), platformPath),
    environment: { name: environment, tier },
    name: `champion-${environment}`,
    login: userInfo().username,
    variables: { ECLUSE_TASK: asked, ECLUSE_USE_CASE: useCase, ECLUSE_VERSION: to, ECLUSE_REASON: reason },
  };
  return runPlatformJob(job, (given) => promoteIn(outputs, promotion, given));
}

async function promoteIn(
  outputs: EnvironmentOutputs,
  { asked, useCase, to, reason }: Promotion,
  { tokens, log }: PlatformWork,
): Promise<Promoted> {
  const { environment, signingKey, tracking, useCases } = outputs;
  const words = [asked, "--json", `--reason=${reason}`, ...(to === undefined ? [] : [`--to=${to}`])];
  const variables = promotionVariables({
    ...{ environment, useCase, signingKey, trackingUrl: tracking, tokens },
    servingUrl: useCases[useCase]?.serving ?? "",
    // One process: what it answers to the reload is what serves.
    servingReplicas: 1,
  });
  const stdout = await askPlatform({
    ...platformCall(["ecluse_release.promotion", ...words], variables),
    what: `${useCase} in ${environment}`,
    hide: masker([signingKey]),
    onLine: log,
  });
  const done = { environment, ...JSON.parse(stdout) } as Promoted;
  log(done.message);
  return done;
}

/** The outcome for people, and why versions were passed over. */
export const promotedText = ({ environment, message, refused }: Promoted): string =>
  [
    `${environment}: ${message}`,
    ...Object.entries(refused).map(([version, why]) => `  passed over version ${version}: ${why}`),
  ].join("\n");
