import { gatesDocument } from "../components/gates";
import { masker } from "../local/forge/mask";
import type { Release } from "../local/forge/run";
import { projectRoot } from "../local/home";
import { objectStore } from "../local/objectStore/client";
import { python, pythonPath } from "../local/provider/supervisor";
import type { PipelineRun } from "./pipelineRun";
import { mustPython } from "./python";
import { UserError, useCaseSettings } from "./stacks";

/**
 * The platform's release step for a pipeline: runs `ecluse_release`, which judges the model that the commit trained, signs it and makes it
 * champion. It runs no code of the use case, and alone gets the release's tokens and the environment's signing key.
 */
export const releaseWith = (run: PipelineRun) => async (release: Release) => {
  const { environment, sha, pipelineId, log } = release;
  const outputs = run.environments.find((one) => one.environment === environment);
  const useCase = outputs?.useCases[run.useCase];
  if (!outputs || !useCase) throw new UserError(`${run.useCase} has no environment ${environment}`);
  const hide = masker([useCase.dataUrl, objectStore.secretOf(useCase.dataUrl), outputs.signingKey]);
  const released = mustPython("the release", {
    python,
    words: ["-m", "ecluse_release"],
    cwd: projectRoot,
    onLine: (line) => log(hide(line)),
    env: {
      PYTHONPATH: pythonPath,
      ECLUSE_ENVIRONMENT: environment,
      ECLUSE_USE_CASE: run.useCase,
      ECLUSE_PROJECT: release.project.path,
      ECLUSE_COMMIT: sha,
      ECLUSE_PIPELINE_ID: pipelineId,
      ECLUSE_GATES: JSON.stringify(gatesDocument(useCaseSettings(environment, run.useCase).gates)),
      ECLUSE_DATA_URL: useCase.dataUrl,
      ECLUSE_SIGNING_KEY: outputs.signingKey,
      ECLUSE_SERVING_URL: useCase.serving,
      ECLUSE_SERVING_TOKEN: release.tokens.serving,
      // One process: what it answers to the reload is what serves.
      ECLUSE_SERVING_REPLICAS: "1",
      MLFLOW_TRACKING_URI: outputs.tracking,
      MLFLOW_TRACKING_TOKEN: release.tokens.tracking,
      MLFLOW_WORKSPACE: run.useCase,
    },
  });
  await released.catch((error: Error) => {
    throw new Error(hide(error.message));
  });
};
