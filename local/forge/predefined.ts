import { basename, dirname } from "node:path";
import { git } from "./git";
import { repositoryOf } from "./projects";
import type { JobRecord } from "./records";
import type { PipelineOptions } from "./run";

/** Empty where there is no registry: gitlab-ci-local would make one up. */
const registryVariables = ({ registry, project }: PipelineOptions): Record<string, string> =>
  registry
    ? {
        CI_REGISTRY: registry.split("/")[0] as string,
        CI_REGISTRY_IMAGE: `${registry}/${basename(project.path)}`,
      }
    : { CI_REGISTRY_IMAGE: "" };

/** GitLab's predefined variables, for expanding (`entry` undefined) and for a job. */
export function predefinedVariables(
  options: PipelineOptions,
  pipelineId: string,
  entry?: JobRecord,
): Record<string, string> {
  const { project, sha, ref, home, forgeUrl, source, login } = options;
  const [title = "", timestamp = ""] = git(repositoryOf(home, project), [
    "log",
    "-1",
    "--format=%s%n%cI",
    sha,
  ]).split("\n");
  return {
    ...options.variables,
    GITLAB_CI: "true",
    ...registryVariables(options),
    CI_SERVER_URL: forgeUrl,
    CI_API_V4_URL: `${forgeUrl}/api/v4`,
    CI_PROJECT_ID: project.id,
    CI_PROJECT_PATH: project.path,
    CI_PROJECT_NAME: basename(project.path),
    CI_PROJECT_NAMESPACE: dirname(project.path),
    CI_DEFAULT_BRANCH: project.defaultBranch,
    CI_COMMIT_SHA: sha,
    CI_COMMIT_SHORT_SHA: sha.slice(0, 8),
    CI_COMMIT_REF_NAME: ref,
    CI_COMMIT_BRANCH: ref,
    CI_COMMIT_REF_PROTECTED: String(ref === project.defaultBranch),
    CI_COMMIT_TITLE: title,
    CI_COMMIT_MESSAGE: title,
    CI_COMMIT_TIMESTAMP: timestamp,
    CI_PIPELINE_ID: pipelineId,
    CI_PIPELINE_IID: pipelineId,
    CI_PIPELINE_SOURCE: source,
    GITLAB_USER_LOGIN: login,
    // Everybody here may release to development (templates/release.yml).
    ECLUSE_BRANCH_RELEASES: "true",
    ...(entry ? { CI_JOB_ID: entry.id } : {}),
    ...(entry?.approver ? { GITLAB_USER_LOGIN: entry.approver } : {}), // of a manual job: who started that
  };
}
