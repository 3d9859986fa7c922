import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { at, registry } from "./addresses";

/** Where each image is: by name and tag (`mlflow:0.1.0`), the folder with its OCI layout. */
export type Catalogue = Readonly<Record<string, string>>;

/** The file with the images that the cluster can pull. */
export const catalogueFile = () => at("images.json");

/** The images that the cluster can pull. */
export const listed = (): Catalogue =>
  existsSync(catalogueFile()) ? JSON.parse(readFileSync(catalogueFile(), "utf8")) : {};

interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
}

/** The layouts of a repository, by tag. */
type Layouts = ReadonlyMap<string, string>;

const blobFile = (layout: string, digest: string) => join(layout, "blobs", digest.replace(":", "/"));

/** The manifest that the only entry of a layout names. */
export function manifestOf(layout: string): Descriptor {
  const { manifests } = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
  return manifests[0];
}

/** The layouts of a repository, of whose path only the last part counts. */
function layoutsOf(catalogue: Catalogue, repository: string): Layouts {
  const prefix = `${repository.split("/").at(-1)}:`;
  const own = Object.entries(catalogue).filter(([image]) => image.startsWith(prefix));
  return new Map(own.map(([image, layout]) => [image.slice(prefix.length), layout]));
}

/** A file to answer with. */
interface Found {
  readonly file: string;
  readonly type: string;
  readonly digest: string;
}

function manifest(layouts: Layouts, reference: string): Found | undefined {
  const byDigest = [...layouts.values()].find((one) => manifestOf(one).digest === reference);
  const layout = layouts.get(reference) ?? byDigest;
  if (!layout) return undefined;
  const { digest, mediaType } = manifestOf(layout);
  return { file: blobFile(layout, digest), type: mediaType, digest };
}

function blob(layouts: Layouts, digest: string): Found | undefined {
  const file = [...layouts.values()].map((layout) => blobFile(layout, digest)).find(existsSync);
  return file ? { file, type: "application/octet-stream", digest } : undefined;
}

function send(answer: ServerResponse, { file, type, digest }: Found, head: boolean): void {
  const size = statSync(file).size;
  answer.writeHead(200, { "content-type": type, "content-length": size, "docker-content-digest": digest });
  if (head) answer.end();
  else createReadStream(file).pipe(answer);
}

const asked = /^\/v2\/([a-z0-9/._-]+)\/(manifests|blobs)\/(sha256:[0-9a-f]{64}|[\w.-]+)$/;

/**
 * A registry that can only be read: the part of its protocol that a node's pulls use. So pods pull as they do anywhere,
 * and a wrong digest is refused as anywhere.
 */
export function registryServer(catalogue: () => Catalogue): Server {
  return createServer(({ url = "", method = "" }, answer) => {
    const path = url.split("?")[0] ?? "";
    if (path === "/v2/") return void answer.writeHead(200).end();
    const [, repository = "", part, reference = ""] = asked.exec(path) ?? [];
    const look = part === "blobs" ? blob : manifest;
    const readable = part !== undefined && ["GET", "HEAD"].includes(method);
    const found = readable && look(layoutsOf(catalogue(), repository), reference);
    if (found) send(answer, found, method === "HEAD");
    else answer.writeHead(404).end();
  });
}

if (require.main === module) {
  const [host, port] = registry.split(":");
  registryServer(listed).listen(Number(port), host);
}
