import { z } from "zod";

const time = z.iso.datetime({ offset: true });

const evidence = z.strictObject({
  monitorRuns: z
    .array(
      z.strictObject({
        environment: z.string(),
        useCase: z.string(),
        /** Day of predictions that was judged. */
        day: z.iso.date(),
        status: z.string(),
      }),
    )
    .default([]),
  restoreDrills: z
    .array(
      z.strictObject({
        environment: z.string(),
        time,
        /** What was compared, and whether all of it was the same. */
        compared: z.number().int().nonnegative(),
        differences: z.number().int().nonnegative(),
        seconds: z.number().nonnegative(),
      }),
    )
    .default([]),
  releases: z
    .array(
      z.strictObject({
        environment: z.string(),
        useCase: z.string(),
        version: z.string(),
        action: z.string(),
        time,
        /** Who had it made champion. */
        approver: z.string(),
        reason: z.string(),
      }),
    )
    .default([]),
});

/** What happened in operation, as the machine or the team that runs the platform recorded it. */
export type OperationEvidence = z.infer<typeof evidence>;

/**
 * Reads evidence of operation, as `ecluse evidence` writes it or a team's own pipeline does.
 * @throws Error that names the file, the key and what is wrong with it.
 */
export function parseOperation(file: string, text: string): OperationEvidence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`--evidence ${file}: it is no JSON (${(error as Error).message})`);
  }
  const read = evidence.safeParse(value);
  if (read.success) return read.data;
  throw new Error(`--evidence ${file}: ${z.prettifyError(read.error)}; docs/audit.md has the form`);
}

/** Several files of evidence as one. */
export const joined = (all: readonly OperationEvidence[]): OperationEvidence => ({
  monitorRuns: all.flatMap(({ monitorRuns }) => monitorRuns),
  restoreDrills: all.flatMap(({ restoreDrills }) => restoreDrills),
  releases: all.flatMap(({ releases }) => releases),
});
