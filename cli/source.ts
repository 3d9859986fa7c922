import { resolve } from "node:path";

/** Variables of who lands, by which a query or a container is reached; no code of a use case has them. */
const variables = ["ECLUSE_SOURCE_DATABASE", "ECLUSE_SOURCE_URL"] as const;

/** Those that are set, for a program of the platform's. */
export const sourceEnvironment = (): Record<string, string> =>
  Object.fromEntries(variables.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));

/** Whether a source is a blob of a container, and no file. */
export const isBlob = (source: string) => source.startsWith("blob:");

/** Whether the rows of a source must be fetched first: of a query, or of a container. */
export const isFetched = (source: string): boolean => isBlob(source) || source.endsWith(".sql");

/** A source as the kit takes it: the whole path of a file, a folder or a query, or what a blob is called. */
export const sourcePath = (source: string, folder = process.cwd()): string =>
  isBlob(source) ? source : resolve(folder, source);
