import { join } from "node:path";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import { forgeAudience } from "../../components/naming";
import type { Issuer } from "./issuer";
import { loginOf } from "./people";
import { listProjects, type Project } from "./projects";
import { Refused } from "./refused";
import { readJson } from "./store";

/** An environment whose workload tokens the forge accepts; its stack writes these to `trust.json`. */
export interface TrustedEnvironment {
  readonly environment: string;
  /** `https://<environment>.ecluse.local` */
  readonly issuer: string;
  readonly jwks: JSONWebKeySet;
  /** Ids of the projects that its monitors may reach. */
  readonly projects: readonly string[];
}

export { Refused } from "./refused";

/** Who calls, and which projects it reaches. */
export interface Caller {
  readonly name: string;
  /** The environment that it belongs to; undefined where it belongs to none. */
  readonly environment?: string;
  /** A person reads every project of the forge, and changes nothing here. */
  readonly isPerson?: boolean;
  mayReach(project: Project): boolean;
}

/** Finds out who calls, by the request's header; throws {@link Refused} 401 or 403. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** Where the trusted environments stand. */
export function trustFile(home: string): string {
  return join(home, "forge", "trust.json");
}

/**
 * The monitor of one use case in one environment, by its workload token, or a person, by a token of the forge's own;
 * 403 when the subject is neither.
 */
export async function authenticate(
  home: string,
  authorization: string | undefined,
  own?: Issuer,
): Promise<Caller> {
  const token = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1];
  if (!token) throw new Refused(401, "401 Unauthorized: show a workload token as Authorization: Bearer");
  if (own && issuerOf(token) === own.url) return readerOf(await loginOf(token, own, forgeAudience));
  const trusted = readJson<TrustedEnvironment[]>(trustFile(home), []);
  const environment = trusted.find((candidate) => candidate.issuer === issuerOf(token));
  if (!environment) throw new Refused(401, "401 Unauthorized: the token's issuer is not trusted");
  const subject = await verifiedSubject(token, environment);
  const useCase = /^system:serviceaccount:([a-z0-9-]+):monitor$/.exec(subject)?.[1];
  if (!useCase) throw new Refused(403, "403 Forbidden: only a use case's monitor may use this API");
  return {
    name: `${useCase}-monitor-${environment.environment}`,
    environment: environment.environment,
    mayReach: ({ id, useCase: own }) => environment.projects.includes(id) && own === useCase,
  };
}

const readerOf = (login: string): Caller => ({ name: login, isPerson: true, mayReach: () => true });

/** The project that a caller named by id or path; 404 when it is not the caller's own, as GitLab hides those. */
export function authorize(home: string, caller: Caller, idOrPath: string): Project {
  const project = listProjects(home).find(
    (candidate) => candidate.id === idOrPath || candidate.path === idOrPath,
  );
  if (project && caller.mayReach(project)) return project;
  throw new Refused(404, "404 Project Not Found");
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

async function verifiedSubject(token: string, environment: TrustedEnvironment): Promise<string> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(environment.jwks), {
      algorithms: ["ES256"],
      issuer: environment.issuer,
      audience: "ecluse-forge",
      requiredClaims: ["exp", "sub"],
    });
    return payload.sub ?? "";
  } catch (error) {
    throw new Refused(401, `401 Unauthorized: ${(error as Error).message}`);
  }
}
