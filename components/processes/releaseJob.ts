import { type Input, jsonStringify } from "@pulumi/pulumi";
import {
  accountabilityDocument,
  common,
  gatesDocument,
  type ReleaseProcess,
  type Releasing,
  rolloutDocument,
} from "./release";
import type { Variables } from "./variables";

/**
 * The environment variables of the jobs that release on a cluster (`ecluse_release.job`): all that a release goes by,
 * of every use case. A pipeline that asks for one only names it, and its commit.
 */
export const releaseJobVariables = (
  releasing: Releasing<Input<string>>,
  useCases: Readonly<Record<string, ReleaseProcess<Input<string>>>>,
) => ({
  ...common(releasing),
  ...({ ECLUSE_RELEASES: jsonStringify(documents(releasing.tier, useCases)) } satisfies Omit<
    Variables<"release-job">,
    "ECLUSE_USE_CASE"
  >),
});

const documents = (tier: string, useCases: Readonly<Record<string, ReleaseProcess<Input<string>>>>) =>
  Object.fromEntries(
    Object.entries(useCases).map(([name, { project, gates, contract, rollout, accountability, ...urls }]) => [
      name,
      {
        project,
        gates: gatesDocument(gates, tier),
        contract,
        ...(rollout && { rollout: rolloutDocument(rollout) }),
        ...(accountability && { accountability: accountabilityDocument(accountability) }),
        data_url: urls.dataUrl,
        holdout_url: urls.holdoutUrl,
        serving_url: urls.servingUrl,
      },
    ]),
  );
