import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { isIP } from "node:net";
import { EngineError } from "../../protocol/errors";
import { type Authenticate, authenticate, Refused } from "./access";
import { answerApi } from "./api";
import { type Issuer, openIssuer } from "./issuer";
import { LoginCodes } from "./people";

const LARGEST_BODY_BYTES = 64 << 10;
const REQUEST_TIMEOUT_MS = 10_000;

/** Where the forge listens; loopback only. */
export interface Listen {
  readonly home: string;
  readonly host: string;
  readonly port: number;
}

/** Starts the forge's server and resolves when it listens. */
export async function serve(listen: Listen): Promise<Server> {
  const { home, host, port } = listen;
  if (isIP(host) !== 4 || !host.startsWith("127."))
    throw new Error(`ECLUSE_HOST must be a loopback address such as 127.0.0.1, got ${host}`);
  const issuer = await openIssuer(home, `http://${host}:${port}`);
  const own = { home, issuer, authenticate: (by: string | undefined) => authenticate(home, by, issuer) };
  const server = createServer(forgeListener(own));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxHeadersCount = 50;
  await new Promise<void>((done, fail) => server.once("error", fail).listen(port, host, done));
  return server;
}

/** What answers for a forge. */
export interface Answering {
  readonly home: string;
  /** Its URL is the forge's own, and the only one that it answers by. */
  readonly issuer: Issuer;
  readonly authenticate: Authenticate;
}

/** Answers the requests to a forge, wherever its server listens. */
export function forgeListener(answering: Answering): RequestListener {
  const codes = new LoginCodes(answering.issuer);
  return (request, response) => void handle({ ...answering, codes }, request, response);
}

async function handle(
  answering: Answering & { readonly codes: LoginCodes },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { issuer } = answering;
  try {
    const url = parseUrl(request.url ?? "/", issuer.url);
    // A page of another site may point its own name at 127.0.0.1 and so read answers; it can't fake this header.
    const allowed = [new URL(issuer.url).host, `localhost:${new URL(issuer.url).port}`];
    if (!allowed.includes(request.headers.host ?? ""))
      throw new Refused(421, "421 Misdirected Request: unknown Host");
    if (url.pathname.startsWith("/api/v4/")) await handleApi(answering, url, request, response);
    else if (url.pathname === "/oauth/token" && request.method === "POST")
      send(response, 200, await answering.codes.exchange(await readBody(request)));
    else handleOpen(issuer, url, request, response);
  } catch (error) {
    const status = error instanceof Refused ? error.status : 500;
    if (status === 500) console.error(error instanceof EngineError ? error.message : error);
    if (status === 413) response.setHeader("connection", "close");
    send(response, status, {
      message: status === 500 ? "500 Internal Server Error" : (error as Error).message,
    });
  }
}

function parseUrl(path: string, base: string): URL {
  try {
    const url = new URL(path, base);
    decodeURIComponent(url.pathname); // parts of it are decoded later
    return url;
  } catch {
    throw new Refused(400, "400 Bad Request: the address cannot be read");
  }
}

async function handleApi(
  { home, authenticate }: Answering,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = request.method === "GET" ? {} : await readBody(request);
  // A token that starts pipelines is shown in the body, as GitLab takes it.
  const { token } = url.pathname.endsWith("/trigger/pipeline") ? body : {};
  const shown = typeof token === "string" ? `Bearer ${token}` : request.headers.authorization;
  const caller = await authenticate(shown);
  const reply = answerApi(home, { method: request.method ?? "GET", url, caller, body });
  send(response, reply.status, reply.body);
}

/** What everybody may read: how to verify the forge's tokens, and that it runs. */
function handleOpen(issuer: Issuer, url: URL, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== "GET") throw new Refused(405, "405 Method Not Allowed");
  const documents: Record<string, () => unknown> = {
    "/.well-known/openid-configuration": () => issuer.discovery(),
    "/oauth/discovery/keys": () => issuer.jwks(),
    "/health": () => ({ status: "ok" }),
  };
  const document = documents[url.pathname];
  if (!document) throw new Refused(404, "404 Not Found");
  send(response, 200, document());
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY_BYTES)
      throw new Refused(413, `413 Payload Too Large: at most ${LARGEST_BODY_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
    if (typeof body === "object" && body !== null && !Array.isArray(body))
      return body as Record<string, unknown>;
  } catch {
    // falls through to the same answer
  }
  throw new Refused(400, "400 Bad Request: the body must be a JSON object");
}

function send(response: ServerResponse, status: number, body: unknown): void {
  // A log is text; everything else is JSON.
  const isText = typeof body === "string";
  response.writeHead(status, {
    "content-type": isText ? "text/plain; charset=utf-8" : "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(isText ? body : JSON.stringify(body));
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; the process manager sets it`);
  return value;
}

if (require.main === module)
  serve({
    home: required("ECLUSE_HOME"),
    host: required("ECLUSE_HOST"),
    port: Number(required("ECLUSE_PORT")),
  }).catch((error: Error) => {
    console.error(`forge: ${error.message}`);
    process.exitCode = 1;
  });
