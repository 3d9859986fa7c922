import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { audience, forgeAudience, peopleGroup } from "../../components/naming";
import { type Issuer, personClaims } from "./issuer";
import { Refused } from "./refused";

/** How long a person reads at the forge by one login: as long as the tracking server's session. */
const readingSeconds = 8 * 3600;
const loginSeconds = 60;

/** The person of a token that the forge has issued for an audience; 401 for a bad one, 403 for who is in no group. */
export async function loginOf(token: string, issuer: Issuer, audience: string): Promise<string> {
  return personOf(await verified(token, issuer, audience)).login;
}

/** What a link's code is exchanged for, by OAuth's names. */
export interface Granted {
  /** Reads at the forge's API. */
  readonly access_token: string;
  /** Logs in to the tracking server of the code's environment, once. */
  readonly id_token: string;
  readonly token_type: "Bearer";
  readonly expires_in: number;
}

/**
 * The codes of login links to consoles. A code is a token for a console, which only the forge takes: once, within a
 * minute. What it grants is of the code's own person and environment.
 */
export class LoginCodes {
  private readonly used = new Map<string, number>();
  private readonly started = Math.floor(Date.now() / 1000);

  constructor(private readonly issuer: Issuer) {}

  async exchange(body: Readonly<Record<string, unknown>>): Promise<Granted> {
    const { code, grant_type } = body;
    if (grant_type !== "authorization_code" || typeof code !== "string")
      throw new Refused(400, "400 grant_type must be authorization_code, with the code of a login link");
    const claims = await verified(code, this.issuer);
    const environment = /^ecluse-([a-z0-9-]+)-console$/.exec(String(claims.aud))?.[1];
    if (!environment) throw new Refused(401, "401 Unauthorized: the code is for no console");
    const { login, groups } = personOf(claims);
    this.use(claims);
    const mint = (to: string, ttl: number) =>
      this.issuer.mint(personClaims(login, groups), { audience: to, ttl });
    return {
      access_token: await mint(forgeAudience, readingSeconds),
      id_token: await mint(audience(environment, "tracking"), loginSeconds),
      token_type: "Bearer",
      expires_in: readingSeconds,
    };
  }

  /** Used codes are kept in memory: what was issued before this process began may have been used. */
  private use({ jti, iat = 0, exp = 0 }: JWTPayload): void {
    const now = Math.floor(Date.now() / 1000);
    for (const [id, over] of this.used) if (over < now) this.used.delete(id);
    if (!jti || iat < this.started || exp - iat > loginSeconds || this.used.has(jti))
      throw new Refused(401, "401 Unauthorized: the code was used before, or is too old; ask for a new link");
    this.used.set(jti, exp);
  }
}

function personOf(claims: JWTPayload): { login: string; groups: string[] } {
  const { preferred_username: login, groups } = claims;
  // A job chooses the audience of its token: without this one of it would pass for a person.
  if (typeof login !== "string" || !Array.isArray(groups) || "job_id" in claims)
    throw new Refused(401, "401 Unauthorized: the token is no person's");
  if (!groups.includes(peopleGroup))
    throw new Refused(403, `403 Forbidden: ${login} is not in the group ${peopleGroup}`);
  return { login, groups: groups.map(String) };
}

async function verified(token: string, issuer: Issuer, audience?: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(issuer.jwks()), {
      algorithms: ["ES256"],
      typ: "JWT",
      issuer: issuer.url,
      ...(audience && { audience }),
      requiredClaims: ["exp", "iat", "sub", "aud"],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new Refused(401, `401 Unauthorized: ${error.message}`);
    throw error;
  }
}
