import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { StackTrace } from "@pulumi/pulumi/proto/source_pb";

// A package of `sdks/` is in the project, as `pulumi package add` leaves it; what it makes comes from who called it.
const foreign = /^\.\.|^sdks\/|node_modules\//;

/**
 * The line of the project that a registration came from, in the form of Pulumi's states; undefined where no frame is
 * the project's own.
 */
export function sourcePosition(trace: StackTrace | undefined, projectDir: string): string | undefined {
  for (const frame of trace?.getFramesList() ?? []) {
    const position = frame.getPc();
    const uri = position?.getUri() ?? "";
    if (!uri.startsWith("file://")) continue;
    const path = relative(projectDir, fileURLToPath(uri));
    if (!foreign.test(path)) return `project:///${path}#${position?.getLine()},${position?.getColumn()}`;
  }
  return undefined;
}
