import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  CompactSign,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from "jose";
import { writeOnce } from "../durable";
import { seal, sealKey, unsealIn } from "../seal";
import type { Project } from "./projects";

/** The forge's OIDC issuer: signs tokens with its ES256 key and publishes the public half. */
export interface Issuer {
  readonly url: string;
  /** Signs `claims` for one audience; `ttl` in seconds. */
  mint(claims: Record<string, unknown>, options: { audience: string; ttl: number }): Promise<string>;
  /** Signs a statement about a build; its type keeps it from passing for a token. */
  sign(statement: string): Promise<string>;
  jwks(): { keys: JWK[] };
  discovery(): Record<string, unknown>;
}

/** What a CI token says about the job that carries it. */
export interface CiContext {
  readonly project: Project;
  readonly ref: string;
  readonly refProtected: boolean;
  readonly sha: string;
  readonly environment: { readonly name: string; readonly tier: string } | undefined;
  readonly pipelineId: string;
  readonly jobId: string;
  readonly source: string;
  readonly login: string;
}

/** Opens the issuer at `url`; its private key is made on first use and sealed at rest. */
export async function openIssuer(home: string, url: string): Promise<Issuer> {
  const secret = await readKey(home);
  const { d: _, ...open } = secret;
  const key = await importJWK(secret, "ES256");
  const kid = await calculateJwkThumbprint(open);
  return {
    url,
    mint: (claims, { audience, ttl }) =>
      new SignJWT({ ...claims, jti: randomUUID() })
        .setProtectedHeader({ alg: "ES256", kid, typ: "JWT" })
        .setIssuer(url)
        .setAudience(audience)
        .setIssuedAt()
        .setNotBefore(Math.floor(Date.now() / 1000) - 5) // clocks of one machine still round differently
        .setExpirationTime(Math.floor(Date.now() / 1000) + ttl)
        .sign(key),
    sign: (statement) =>
      new CompactSign(new TextEncoder().encode(statement))
        .setProtectedHeader({ alg: "ES256", kid, typ: "application/vnd.in-toto+json" })
        .sign(key),
    jwks: () => ({ keys: [{ ...open, kid, alg: "ES256", use: "sig" }] }),
    discovery: () => ({
      issuer: url,
      jwks_uri: `${url}/oauth/discovery/keys`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
    }),
  };
}

/** The claims of a CI token: GitLab's id_tokens, all strings; environment claims only where the job has one. */
export function ciClaims(job: CiContext): Record<string, string> {
  const environment: Record<string, string> = job.environment
    ? {
        environment: job.environment.name,
        environment_protected: String(job.environment.tier === "production"),
        deployment_tier: job.environment.tier,
      }
    : {};
  return {
    sub: `project_path:${job.project.path}:ref_type:branch:ref:${job.ref}`,
    namespace_path: dirname(job.project.path),
    project_id: job.project.id,
    project_path: job.project.path,
    ref: job.ref,
    ref_type: "branch",
    ref_protected: String(job.refProtected),
    ...environment,
    pipeline_id: job.pipelineId,
    pipeline_source: job.source,
    job_id: job.jobId,
    sha: job.sha,
    user_login: job.login,
  };
}

/** The claims of a person's token; no `job_id`, so that it can never pass for a job's. */
export function personClaims(login: string, groups: readonly string[]): Record<string, unknown> {
  return { sub: `user:${login}`, preferred_username: login, groups: [...groups] };
}

async function readKey(home: string): Promise<JWK> {
  const file = join(home, "forge", "issuer.key");
  const read = () => JSON.parse(unsealIn(file, home, "forge", readFileSync(file, "utf8"))) as JWK;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file)) return read();
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  writeOnce(file, seal(sealKey(home, "forge"), JSON.stringify(await exportJWK(privateKey))));
  return read();
}
