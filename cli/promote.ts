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
import { useCaseSettings } from "./stacks";

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

/** A measure of a challenger (`ecluse_release.verdict.Measure`), of whose fields `--json` shows all. */
interface Measure {
  /** The measure in words. */
  readonly line: string;
}

/** What a step of a rollout has done (`python -m ecluse_release.rollout`). */
export interface Stepped {
  readonly environment: string;
  readonly decision: "none" | "stays" | "moved" | "promoted" | "withdrawn";
  readonly challenger: string | null;
  readonly champion: string | null;
  readonly stage: string | null;
  readonly message: string;
  /** How many replicas of the model server gave their counts. */
  readonly replicas: number;
  /** Requests that the challenger was too busy for. */
  readonly dropped: number;
  readonly measures: readonly Measure[];
}

/**
 * Makes a version champion that was released before, by a job of the platform's own project: its tokens alone may, and
 * they name the person at this machine. Throws a UserError with the reason where it is refused: nothing is changed.
 */
export async function promote(promotion: Promotion): Promise<Promoted> {
  const { asked, useCase, env, to, reason } = promotion;
  const words = [`--reason=${reason}`, ...(to === undefined ? [] : [`--to=${to}`])];
  const variables = { ECLUSE_TASK: asked, ECLUSE_VERSION: to ?? "", ECLUSE_REASON: reason };
  return changing({ useCase, env, name: "champion", variables }, [
    "ecluse_release.promotion",
    asked,
    ...words,
  ]);
}

/** Takes the rollout of a use case one step on, as a schedule does at GitLab, by such a job. */
export const stepRollout = (useCase: string, env?: string): Promise<Stepped> =>
  changing({ useCase, env, name: "rollout", variables: { ECLUSE_TASK: "rollout" } }, [
    "ecluse_release.rollout",
  ]);

interface Changing {
  readonly useCase: string;
  readonly env?: string | undefined;
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Runs a program of the release as a job of the platform's own project; gives its JSON, and the environment. */
async function changing<T extends { readonly environment: string; readonly message: string }>(
  { useCase, env, name, variables }: Changing,
  words: readonly string[],
): Promise<T> {
  const outputs = (await environmentsOf(useCase, env)).at(-1) as EnvironmentOutputs;
  const { environment, tier } = outputs;
  const job = {
    home: homeFolder(),
    forgeUrl: (await forgeOutputs()).url,
    project: findProject(homeFolder(), platformPath),
    environment: { name: environment, tier },
    name: `${name}-${environment}`,
    login: userInfo().username,
    variables: { ...variables, ECLUSE_USE_CASE: useCase },
  };
  return runPlatformJob(job, (given) => changeIn<T>(outputs, useCase, words, given));
}

async function changeIn<T extends { readonly environment: string; readonly message: string }>(
  outputs: EnvironmentOutputs,
  useCase: string,
  words: readonly string[],
  { tokens, log }: PlatformWork,
): Promise<T> {
  const { environment, signingKey, tracking, useCases } = outputs;
  const variables = promotionVariables({
    ...{ environment, useCase, signingKey, trackingUrl: tracking, tokens },
    rollout: useCaseSettings(environment, useCase).rollout,
    servingUrl: useCases[useCase]?.serving ?? "",
    // One process: what it answers to the reload is what serves.
    servingReplicas: 1,
  });
  const stdout = await askPlatform({
    ...platformCall([...words, "--json"], variables),
    what: `${useCase} in ${environment}`,
    hide: masker([signingKey]),
    onLine: log,
  });
  const done = { environment, ...JSON.parse(stdout) } as T;
  log(done.message);
  return done;
}

/** A step of a rollout for people: what was measured, and what came of it. */
export const steppedText = ({ environment, message, measures, replicas, dropped }: Stepped): string => {
  const busy = dropped > 0 ? `, ${dropped} requests left out since the challenger was busy` : "";
  return [
    ...measures.map(({ line }) => `  ${line}`),
    ...(measures.length > 0 ? [`  counted by ${replicas} replicas${busy}`] : []),
    `${environment}: ${message}`,
  ].join("\n");
};

/** The outcome for people, and why versions were passed over. */
export const promotedText = ({ environment, message, refused }: Promoted): string =>
  [
    `${environment}: ${message}`,
    ...Object.entries(refused).map(([version, why]) => `  passed over version ${version}: ${why}`),
  ].join("\n");
