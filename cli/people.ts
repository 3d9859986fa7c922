import { userInfo } from "node:os";
import { audience, demonstrator, peopleGroup } from "../components/naming";
import { openIssuer, personClaims } from "../local/forge/issuer";
import { homeFolder } from "../local/home";

/**
 * A token of the person at this machine for one server of an environment, signed by the forge at `issuerUrl`; `ttl`
 * in seconds.
 */
export const personToken = (
  issuerUrl: string,
  environment: string,
  server: "tracking" | "serving" | "console",
  ttl: number,
): Promise<string> => mint(userInfo().username, issuerUrl, audience(environment, server), ttl);

/** A token for made-up traffic to an environment's model servers: its bearer alone may choose the day of a score. */
export const demonstrationToken = (issuerUrl: string, environment: string, ttl: number): Promise<string> =>
  mint(demonstrator, issuerUrl, audience(environment, "serving"), ttl);

async function mint(login: string, issuerUrl: string, audience: string, ttl: number): Promise<string> {
  const issuer = await openIssuer(homeFolder(), issuerUrl);
  return issuer.mint(personClaims(login, [peopleGroup]), { audience, ttl });
}
