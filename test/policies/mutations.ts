import type { Mutation } from "./mutation";
import { azureMutations } from "./mutationsAzure";
import { cloudNativePgMutations } from "./mutationsCloudNativePg";
import { clusterMutations } from "./mutationsCluster";
import { modelMutations } from "./mutationsModels";
import { platformMutations } from "./mutationsPlatform";
import { reviewedMutations } from "./mutationsReviewed";
import { rightsMutations } from "./mutationsRights";

/** Every way in which the shipped stacks are broken. */
export const mutations: readonly Mutation[] = [
  ...azureMutations,
  ...clusterMutations,
  ...cloudNativePgMutations,
  ...modelMutations,
  ...platformMutations,
  ...rightsMutations,
  ...reviewedMutations,
];

/** The rules that no previewed stack can break, and why. */
export const unbreakable: readonly { readonly rule: string; readonly reason: string }[] = [
  { rule: "ACR-07", reason: "asked only where policies/config.json says that images hold data" },
  { rule: "FRG-05", reason: "compares two stacks' files, which are no resources" },
  { rule: "SEC-06", reason: "judges secretsprovider of the stack's file, which is no resource" },
];
