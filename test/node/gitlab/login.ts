import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type Issuer, personClaims } from "../../../local/forge/issuer";

/** A person who has a session at GitLab. */
export interface Person {
  readonly login: string;
  readonly groups: readonly string[];
}

/** What an application was given a code for. */
interface Grant {
  readonly person: Person;
  readonly client: string;
  readonly redirect: string;
  readonly challenge: string;
  readonly nonce: string | null;
}

const named = (url: URL, name: string): string => {
  const value = url.searchParams.get(name);
  if (value === null) throw new Error(`the login asks without ${name}: ${url}`);
  return value;
};

/** Name and password of `Authorization: Basic`, each encoded as in a form. */
function basic(header = ""): string[] {
  const decoded = Buffer.from(header.replace(/^Basic /, ""), "base64").toString();
  return decoded.split(":").map(decodeURIComponent);
}

/** GitLab's OpenID Connect as an application meets it: the authorization code flow, with PKCE and a nonce. */
export class Login {
  private readonly grants = new Map<string, Grant>();

  /** `applications` has the secret of each application, by its id. */
  constructor(
    private readonly issuer: Issuer,
    private readonly applications: Readonly<Record<string, string>>,
  ) {}

  /** What the discovery document says beside the issuer's own. */
  get discovery() {
    const { url } = this.issuer;
    return {
      ...this.issuer.discovery(),
      authorization_endpoint: `${url}/oauth/authorize`,
      token_endpoint: `${url}/oauth/token`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
    };
  }

  /** A person agrees at `/oauth/authorize`; gives the address to which GitLab sends the browser. */
  agree(asked: string, person: Person): string {
    const url = new URL(asked);
    const client = named(url, "client_id");
    if (!(client in this.applications)) throw new Error(`GitLab has no application ${client}`);
    if (named(url, "code_challenge_method") !== "S256") throw new Error("a login without PKCE");
    const code = randomUUID();
    const redirect = named(url, "redirect_uri");
    const challenge = named(url, "code_challenge");
    this.grants.set(code, { person, client, redirect, challenge, nonce: url.searchParams.get("nonce") });
    const back = new URL(redirect);
    back.searchParams.set("code", code);
    back.searchParams.set("state", named(url, "state"));
    return `${back}`;
  }

  /** Answers `/oauth/token`: a code is good once, for its application, with the verifier of its challenge. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const [client = form.get("client_id"), secret = form.get("client_secret")] = request.headers.authorization
      ? basic(request.headers.authorization)
      : [];
    const code = form.get("code") ?? "";
    const grant = this.grants.get(code);
    this.grants.delete(code);
    const verified = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const refused =
      !grant ||
      grant.client !== client ||
      this.applications[grant.client] !== secret ||
      grant.redirect !== form.get("redirect_uri") ||
      grant.challenge !== verified;
    response.setHeader("content-type", "application/json");
    if (refused) return void response.writeHead(400).end(JSON.stringify({ error: "invalid_grant" }));
    response.end(JSON.stringify(await this.tokens(grant)));
  }

  private async tokens({ person, client, nonce }: Grant) {
    const claims = { ...personClaims(person.login, person.groups), ...(nonce && { nonce }) };
    const id_token = await this.issuer.mint(claims, { audience: client, ttl: 120 });
    return { access_token: randomUUID(), token_type: "Bearer", expires_in: 120, id_token };
  }
}
