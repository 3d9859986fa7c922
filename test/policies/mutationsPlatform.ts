import type { Mutation } from "./mutation";
import { forgeMutations } from "./mutationsForge";
import { gitlabMutations } from "./mutationsGitlab";
import { governanceMutations } from "./mutationsGovernance";
import { identityMutations } from "./mutationsIdentity";
import { isolationMutations } from "./mutationsIsolation";
import { localMutations } from "./mutationsLocal";
import { networkMutations } from "./mutationsNetwork";

/** What an environment stands on and is kept apart by, broken as people break it. */
export const platformMutations: readonly Mutation[] = [
  ...identityMutations,
  ...networkMutations,
  ...governanceMutations,
  ...isolationMutations,
  ...localMutations,
  ...gitlabMutations,
  ...forgeMutations,
];
