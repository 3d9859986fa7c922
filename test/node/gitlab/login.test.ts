import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../../local/forge/fixture";
import { openIssuer } from "../../../local/forge/issuer";
import { Login } from "./login";

const redirect = "https://tracking.example.com/oauth2/callback";
const verifier = "v".repeat(43);

let login: Login;
let server: Server;
beforeAll(async () => {
  login = new Login(await openIssuer(temporaryFolder("gitlab"), "https://gitlab.example.com"), {
    churn: "secret",
  });
  server = createServer((request, response) => void login.answer(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(() => server.close());

function agreed(): string {
  const asked = new URL("https://gitlab.example.com/oauth/authorize");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  for (const [name, value] of Object.entries({
    client_id: "churn",
    redirect_uri: redirect,
    state: "s",
    nonce: "n",
    code_challenge: challenge,
    code_challenge_method: "S256",
  }))
    asked.searchParams.set(name, value);
  const back = new URL(login.agree(`${asked}`, { login: "ada", groups: ["scientists"] }));
  return `${back.searchParams.get("code")}`;
}

function exchange(code: string, change: Readonly<Record<string, string>> = {}): Promise<Response> {
  const form = {
    code,
    redirect_uri: redirect,
    client_id: "churn",
    client_secret: "secret",
    code_verifier: verifier,
  };
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}`, {
    method: "POST",
    body: new URLSearchParams({ ...form, ...change }),
  });
}

it("gives an application a token of the person, once", async () => {
  const code = agreed();
  const { id_token } = (await (await exchange(code)).json()) as { id_token: string };
  expect(decodeJwt(id_token)).toMatchObject({
    aud: "churn",
    preferred_username: "ada",
    groups: ["scientists"],
    nonce: "n",
  });
  expect((await exchange(code)).status).toBe(400);
});

it.each([
  ["verifier", { code_verifier: "w".repeat(43) }],
  ["secret", { client_secret: "other" }],
  ["application", { client_id: "fraud" }],
  ["address", { redirect_uri: "https://elsewhere.example.com/" }],
])("gives nothing for another %s", async (_, change) => {
  expect((await exchange(agreed(), change)).status).toBe(400);
});
