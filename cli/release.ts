import { releaseVariables } from "../components/processes/release";
import { masker } from "../local/forge/mask";
import type { Release } from "../local/forge/run";
import { objectStore } from "../local/objectStore/client";
import type { PipelineRun } from "./pipelineRun";
import { mustPython, platformCall } from "./python";
import { UserError, useCaseSettings } from "./stacks";

/**
 * The platform's release step for a pipeline: runs `ecluse_release`, which judges the model that the commit trained,
 * signs it and makes it champion. It runs no code of the use case, and alone gets the release's tokens and the
 * environment's signing key.
 */
export const releaseWith = (run: PipelineRun) => async (release: Release) => {
  const { environment, sha, pipelineId, log } = release;
  const outputs = run.environments.find((one) => one.environment === environment);
  const useCase = outputs?.useCases[run.useCase];
  if (!outputs || !useCase) throw new UserError(`${run.useCase} has no environment ${environment}`);
  const { dataUrl, holdoutUrl } = useCase;
  const urls = [dataUrl, holdoutUrl];
  const hide = masker([...urls, ...urls.map(objectStore.secretOf), outputs.signingKey]);
  const asked = { environment, useCase: run.useCase, project: release.project.path, commit: sha, pipelineId };
  const settings = useCaseSettings(environment, run.useCase);
  const found = {
    gates: settings.gates,
    contract: settings.contract,
    rollout: settings.rollout,
    accountability: settings.accountability,
    dataUrl,
    holdoutUrl,
    signingKey: outputs.signingKey,
    trackingUrl: outputs.tracking,
    servingUrl: useCase.serving,
    tier: outputs.tier,
    // One process: what it answers to the reload is what serves.
    servingReplicas: 1,
  };
  const released = mustPython("the release", {
    ...platformCall(["ecluse_release"], releaseVariables({ ...asked, ...found, tokens: release.tokens })),
    onLine: (line) => log(hide(line)),
  });
  await released.catch((error: Error) => {
    throw new Error(hide(error.message));
  });
};
