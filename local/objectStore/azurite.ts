import type { Server, ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { type Database, Journal } from "./journal";

/** What is used here of Azurite's server, which has no types. */
interface BlobServer {
  readonly httpServer: Server & { stop(done: () => void): void };
  readonly metadataStore: { readonly db: Database };
  readonly extentMetadataStore: { readonly db: Database };
  readonly extentStore: { deleteExtents(extents: Iterable<string>): Promise<number> };
  start(): Promise<void>;
}

const { BlobServerFactory } = require("azurite/dist/src/blob/BlobServerFactory") as {
  BlobServerFactory: new () => { createServer(): Promise<BlobServer> };
};

/** Lets no answer end before what was done for it is on the disk; an answer that cannot be kept is broken off. */
function answerWhenSaved(server: Server, journal: Journal): void {
  server.prependListener("request", (_request, response: ServerResponse) => {
    const end = response.end.bind(response) as (...words: unknown[]) => ServerResponse;
    response.end = (...words: unknown[]) => {
      journal.saved().then(
        () => end(...words),
        (error: Error) => {
          console.error(`the object store cannot keep what it was given: ${error.message}`);
          response.destroy();
        },
      );
      return response;
    };
  });
}

/** Azurite, by its own options, with a journal: alone it loses what it answered in the seconds before it is killed. */
async function main(): Promise<void> {
  const server = await new BlobServerFactory().createServer();
  const { httpServer, metadataStore, extentMetadataStore, extentStore } = server;
  const databases = [metadataStore.db, extentMetadataStore.db];
  const folder = dirname(metadataStore.db.filename);
  const journal = await Journal.open(join(folder, "journal"), databases);
  answerWhenSaved(httpServer, journal);
  // Contents that no blob has any more are removed: after the disk knows it too.
  const deleteExtents = extentStore.deleteExtents.bind(extentStore);
  extentStore.deleteExtents = async (extents) => {
    await journal.saved();
    return deleteExtents(extents);
  };
  await server.start();
  process.once("SIGTERM", () => httpServer.stop(() => process.exit()));
}

main().catch((error: Error) => {
  console.error(`the object store does not start: ${error.message}`);
  process.exit(1);
});
