import { readStack } from "../local/engine/state";
import { reveal } from "../protocol/properties";
import { backendFolder, localStacks, passphraseOf, UserError } from "./stacks";

/** Outputs of the forge's stack. */
export interface ForgeOutputs {
  readonly url: string;
  readonly projectIds: Readonly<Record<string, string>>;
}

/** Outputs of an environment's stack; those that open something come decrypted. */
export interface EnvironmentOutputs {
  readonly environment: string;
  readonly tier: string;
  readonly tracking: string;
  /** Not there before the next `up` of what was made without one. */
  readonly console?: string;
  readonly blob: string;
  readonly database: string;
  readonly signingKey: string;
  readonly useCases: Readonly<Record<string, UseCaseOutputs>>;
}

/** What an environment has for one use case. */
export interface UseCaseOutputs {
  readonly serving: string;
  /** Container URLs that read the data of trainings and what is held out of it, and two that land them. */
  readonly dataUrl: string;
  readonly holdoutUrl: string;
  readonly landUrl: string;
  readonly landHoldoutUrl: string;
  readonly monitor: MonitorCall;
  /** What may erase from the log of predictions. */
  readonly compaction: MonitorCall;
}

/** How a program of the monitor's is started, with what it may open. */
export interface MonitorCall {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function outputsOf(stack: string): Promise<unknown> {
  const contents = await readStack(backendFolder(), stack, passphraseOf(stack));
  if (!contents || Object.keys(contents.outputs).length === 0) return undefined;
  return reveal(contents.outputs);
}

/** The outputs of the forge's stack; throws when it was not brought up. */
export async function forgeOutputs(): Promise<ForgeOutputs> {
  const stack = localStacks().find(({ kind }) => kind === "forge")?.stack;
  const outputs = stack && (await outputsOf(stack));
  if (!outputs) throw new UserError("the forge is not up: run npm start, or npx ecluse up local-forge");
  return outputs as ForgeOutputs;
}

/** The outputs of every local environment that is up, in promotion order. */
export async function environmentOutputs(): Promise<EnvironmentOutputs[]> {
  const stacks = localStacks().filter(({ kind }) => kind === "environment");
  const all = await Promise.all(stacks.map(({ stack }) => outputsOf(stack)));
  return all.filter((outputs) => outputs !== undefined) as EnvironmentOutputs[];
}

/** The outputs of one environment; throws with those that are up. */
export async function outputsOfEnvironment(name: string): Promise<EnvironmentOutputs> {
  const all = await environmentOutputs();
  const found = all.find(({ environment }) => environment === name);
  if (found) return found;
  const known = all.map(({ environment }) => environment).join(", ") || "none; run npm start";
  throw new UserError(`environment ${name} is not up; those that are: ${known}`);
}

/** What an environment has for one use case; throws with those that it has. */
export async function useCaseOutputs(environment: string, useCase: string): Promise<UseCaseOutputs> {
  const { useCases } = await outputsOfEnvironment(environment);
  const found = useCases[useCase];
  if (found) return found;
  const known = Object.keys(useCases).join(", ");
  throw new UserError(`${environment} has no use case ${useCase}; those that it has: ${known}`);
}
