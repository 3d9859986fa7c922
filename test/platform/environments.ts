import { Client } from "pg";
import {
  type EnvironmentOutputs,
  environmentOutputs,
  forgeOutputs,
  type UseCaseOutputs,
} from "../../cli/outputs";
import { backendFolder, passphraseOf } from "../../cli/stacks";
import { readStack } from "../../local/engine/state";
import { type CiContext, ciClaims, openIssuer } from "../../local/forge/issuer";
import { findProject } from "../../local/forge/projects";
import { homeFolder } from "../../local/home";
import type { StoreAccount } from "../../local/objectStore/contract";
import { objectStoreServer } from "../../local/objectStore/server";
import { type Properties, reveal } from "../../protocol/properties";

/** The use case that the tests look at. */
export const useCase = "bank-churn";

/** One environment as the tests see it: its outputs, and every resource of its stack with its secrets open. */
export interface RunningEnvironment extends EnvironmentOutputs {
  readonly own: UseCaseOutputs;
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly outputs: Properties;
  }[];
}

/** Both environments of the platform under test. */
export async function environments(): Promise<{ dev: RunningEnvironment; prod: RunningEnvironment }> {
  const all = await Promise.all((await environmentOutputs()).map(open));
  const find = (name: string) => all.find(({ environment }) => environment === name) as RunningEnvironment;
  return { dev: find("dev"), prod: find("prod") };
}

async function open(outputs: EnvironmentOutputs): Promise<RunningEnvironment> {
  const stack = `local-${outputs.environment}`;
  const contents = await readStack(backendFolder(), stack, passphraseOf(stack));
  const resources = (contents?.resources ?? []).map(({ urn, type, outputs: own }) => ({
    type,
    name: urn.split("::").at(-1) ?? "",
    outputs: reveal(own ?? {}) as Properties,
  }));
  return { ...outputs, own: outputs.useCases[useCase] as UseCaseOutputs, resources };
}

/** The output of one resource of an environment, as text; `name` is what follows the environment's. */
export function secretOf(environment: RunningEnvironment, name: string, key: string): string {
  // A part and its main resource have one name.
  const named = environment.resources.filter(
    (resource) => resource.name === `${environment.environment}-${name}`,
  );
  const found = named.find(({ outputs }) => key in outputs)?.outputs[key];
  if (typeof found !== "string" && typeof found !== "number")
    throw new Error(`${environment.environment} has no ${name}.${key}`);
  return String(found);
}

/** The environment's object store, with the key that opens all of it. */
export const storeOf = (environment: RunningEnvironment): StoreAccount => ({
  endpoint: environment.blob,
  account: objectStoreServer.account(environment.environment),
  key: secretOf(environment, "store-key", "value"),
});

/** A CI token as the forge would mint it for a job; `change` makes it another's. */
export async function ciToken(
  environment: string,
  audience: string,
  change: Partial<CiContext> = {},
  ttl = 60,
): Promise<string> {
  const { url } = await forgeOutputs();
  const issuer = await openIssuer(homeFolder(), url);
  const context: CiContext = {
    project: findProject(homeFolder(), `ecluse/${useCase}`),
    ref: "main",
    refProtected: true,
    sha: "0".repeat(40),
    environment: { name: environment, tier: environment === "prod" ? "production" : "development" },
    pipelineId: "1",
    jobId: "1",
    source: "push",
    login: "test",
    ...change,
  };
  return issuer.mint(ciClaims(context), { audience, ttl });
}

/**
 * Whether the server at `url` answers a request with this token, rather than refusing it (401 or 403). Any other
 * answer is an error.
 */
export async function admits(
  url: string,
  token: string | undefined,
  init: RequestInit = {},
): Promise<boolean> {
  const headers = {
    ...init.headers,
    "x-mlflow-workspace": useCase,
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const { status } = await fetch(url, { ...init, headers });
  if (status === 401 || status === 403) return false;
  if (status < 400 || status === 404) return true;
  throw new Error(`${url} answered ${status}`);
}

/** Whether PostgreSQL on the environment's port lets this role in with this password. */
export async function databaseAdmits(
  environment: RunningEnvironment,
  user: string,
  password: string,
  database: string,
): Promise<boolean> {
  const client = new Client({
    host: "127.0.0.1",
    port: Number(environment.database.split(":")[1]),
    user,
    password,
    database,
  });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    // 28P01 wrong password, 28000 not allowed, 42501 no CONNECT on the database
    if (["28P01", "28000", "42501"].includes(code)) return false;
    throw error;
  }
}
