import { createHash } from "node:crypto";
import { globSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "./expand";
import type { JobRecord } from "./records";
import type { Run } from "./run";

/** The file beside a job's artifacts that says where they come from; GitLab's runner gives it the same name. */
export const provenanceFile = "artifacts-metadata.json";

/**
 * Says beside a job's artifacts where they come from, as GitLab's runner does for a job that asks for it (SLSA v1),
 * and signs that with the key by which the forge signs its tokens: `….jws` holds the statement once more.
 */
export async function attest(run: Run, job: Job, entry: JobRecord, folder: string): Promise<void> {
  const asked = (job.definition.variables as Record<string, string> | undefined)
    ?.RUNNER_GENERATE_ARTIFACTS_METADATA;
  if (asked !== "true") return;
  const text = `${JSON.stringify(statement(run, job, entry, subjects(folder)), undefined, 1)}\n`;
  writeFileSync(join(folder, provenanceFile), text);
  writeFileSync(join(folder, `${provenanceFile}.jws`), await run.issuer.sign(text));
}

function subjects(folder: string) {
  const files = globSync("**", { cwd: folder }).filter((name) => lstatSync(join(folder, name)).isFile());
  return files.sort().map((name) => ({
    name,
    digest: {
      sha256: createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex"),
    },
  }));
}

function statement({ options, record }: Run, job: Job, entry: JobRecord, subject: unknown) {
  const source = `${options.forgeUrl}/${record.projectPath}.git`;
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject,
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: `${options.forgeUrl}/job`,
        externalParameters: { source, ref: record.ref, entryPoint: job.name },
        internalParameters: { script: job.definition.script, confinement: record.confinement },
        resolvedDependencies: [{ uri: source, digest: { gitCommit: record.sha } }],
      },
      runDetails: {
        builder: { id: options.forgeUrl },
        metadata: {
          invocationId: entry.id,
          startedOn: entry.startedAt,
          finishedOn: new Date().toISOString(),
        },
      },
    },
  };
}
