import { userInfo } from "node:os";
import { audience } from "../components/naming";
import { openIssuer, personClaims } from "../local/forge/issuer";
import { homeFolder } from "../local/home";

/** The group of whoever may use this machine's platform; an environment's tier says what its members may do there. */
const groups = ["ecluse-scientists"];

/**
 * A token of the person at this machine for one server of an environment, signed by the forge at `issuerUrl`; `ttl`
 * in seconds.
 */
export async function personToken(
  issuerUrl: string,
  environment: string,
  server: "tracking" | "serving",
  ttl: number,
): Promise<string> {
  const issuer = await openIssuer(homeFolder(), issuerUrl);
  return issuer.mint(personClaims(userInfo().username, groups), {
    audience: audience(environment, server),
    ttl,
  });
}
