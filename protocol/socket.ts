import { join } from "node:path";
import { EngineError } from "./errors";

/** The kernel's limit of a Unix socket's path, without the byte that ends it. */
const longest = 107;

/** The path of a Unix socket in a folder below the temporary one; throws when it is longer than the kernel allows. */
export function socketPath(folder: string, name: string): string {
  const path = join(folder, name);
  const bytes = Buffer.byteLength(path);
  if (bytes <= longest) return path;
  throw new EngineError(
    `the path of a socket may have ${longest} bytes, got ${bytes}: ${path}; set TMPDIR to a shorter folder`,
  );
}
