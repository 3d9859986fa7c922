import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A GitLab project's Python package registry on this machine, by GitLab's addresses: upload, simple page, files. */
export interface PackageRegistry {
  readonly port: number;
  /** The files that it has, in the order in which they came. */
  readonly names: readonly string[];
  close(): void;
}

/** What may read and write it: the user and password that GitLab takes for a job's own. */
export interface JobToken {
  readonly token: string;
  /** The project's number, and its path. */
  readonly project: readonly [id: string, path: string];
}

interface Stored {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Buffer;
}

async function bodyOf(request: IncomingMessage): Promise<FormData> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const type = request.headers["content-type"] ?? "";
  return new Response(Buffer.concat(chunks), { headers: { "content-type": type } }).formData();
}

/** Keeps an uploaded file; GitLab takes a name once. */
async function upload(request: IncomingMessage, files: Stored[]): Promise<number> {
  const form = await bodyOf(request);
  const content = form.get("content") as File;
  const bytes = Buffer.from(await content.arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== form.get("sha256_digest") || files.some(({ name }) => name === content.name)) return 400;
  files.push({ name: content.name, sha256, bytes });
  return 201;
}

function page(base: string, files: readonly Stored[]): string {
  const link = ({ name, sha256 }: Stored) =>
    `<a href="${base}/files/${sha256}/${name}#sha256=${sha256}" data-requires-python="">${name}</a><br>`;
  return `<!DOCTYPE html><html><body><h1>Links for ecluse</h1>${files.map(link).join("\n")}</body></html>`;
}

/** Answers as GitLab does, with what `files` has then. */
function answering({ token, project }: JobToken, files: Stored[]) {
  const expected = `Basic ${Buffer.from(`gitlab-ci-token:${token}`).toString("base64")}`;
  const bases = project.map((each) => `/api/v4/projects/${encodeURIComponent(each)}/packages/pypi`);
  return async (request: IncomingMessage, response: ServerResponse) => {
    const { url = "", method, headers } = request;
    const base = bases.find((each) => url.startsWith(each));
    const rest = base && url.slice(base.length).replace(/\/$/, "");
    const file = files.find(({ name, sha256 }) => rest === `/files/${sha256}/${name}`);
    if (headers.authorization !== expected) response.writeHead(401).end();
    else if (method === "POST" && rest === "") response.writeHead(await upload(request, files)).end();
    else if (base && rest === "/simple/ecluse")
      response.writeHead(200, { "content-type": "text/html" }).end(page(base, files));
    else if (file) response.writeHead(200).end(file.bytes);
    else response.writeHead(404).end();
  };
}

/** Starts a registry on a free loopback port. */
export async function openRegistry(access: JobToken): Promise<PackageRegistry> {
  const files: Stored[] = [];
  const answer = answering(access, files);
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get names() {
      return files.map(({ name }) => name);
    },
    close: () => server.close(),
  };
}
