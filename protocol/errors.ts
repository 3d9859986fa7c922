/** An error made for the user to see: it says what is wrong and how to fix it, and needs no stack trace. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** The message of anything that was thrown; a gRPC error gives its details without the status in front. */
export function messageOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "details" in error && error.details) {
    return String(error.details);
  }
  return error instanceof Error ? error.message : String(error);
}
