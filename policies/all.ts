import type { Rule } from "./rule";
import { aksRules } from "./rules/aks";
import { aksNodesRules } from "./rules/aksNodes";
import { aksPartsRules } from "./rules/aksParts";
import { artifactStoreRules } from "./rules/artifactStore";
import { callerRules } from "./rules/callers";
import { clusterExposureRules } from "./rules/clusterExposure";
import { clusterRightsRules } from "./rules/clusterRights";
import { driftMonitorRules } from "./rules/driftMonitors";
import { environmentsRules } from "./rules/environments";
import { forgeApartRules } from "./rules/forgeApart";
import { forgeCounterpartRules } from "./rules/forgeCounterparts";
import { forgeEnvironmentRules } from "./rules/forgeEnvironments";
import { forgeScheduleRules } from "./rules/forgeSchedules";
import { forgeToldRules } from "./rules/forgeTold";
import { forgeTrustRules } from "./rules/forgeTrust";
import { gitlabImageRules } from "./rules/gitlabImages";
import { gitlabProjectRules } from "./rules/gitlabProjects";
import { gitlabProtectionRules } from "./rules/gitlabProtection";
import { gitlabReachRules } from "./rules/gitlabReach";
import { gitlabRunnerRules } from "./rules/gitlabRunners";
import { gitlabTokenRules } from "./rules/gitlabTokens";
import { gitlabVariableRules } from "./rules/gitlabVariables";
import { governanceRules } from "./rules/governance";
import { governanceBudgetRules } from "./rules/governanceBudget";
import { governanceChangeRules } from "./rules/governanceChange";
import { governanceOwnersRules } from "./rules/governanceOwners";
import { idFederationRules } from "./rules/idFederation";
import { idPairsRules } from "./rules/idPairs";
import { idRolesRules } from "./rules/idRoles";
import { idStorageRules } from "./rules/idStorage";
import { isolationRules } from "./rules/isolation";
import { isolationKeysRules } from "./rules/isolationKeys";
import { isolationNamesRules } from "./rules/isolationNames";
import { isolationReferencesRules } from "./rules/isolationReferences";
import { localRules } from "./rules/local";
import { localAccessRules } from "./rules/localAccess";
import { localBasinsRules } from "./rules/localBasins";
import { logsRules } from "./rules/logs";
import { namespaceRules } from "./rules/namespaces";
import { networkEdgeRules } from "./rules/networkEdge";
import { networkOpeningRules } from "./rules/networkOpenings";
import { networkPeerRules } from "./rules/networkPeers";
import { networkPrivateRules } from "./rules/networkPrivate";
import { networkRules } from "./rules/networkRules";
import { notebookRules } from "./rules/notebooks";
import { podConfinementRules } from "./rules/podConfinement";
import { podRunningRules } from "./rules/podRunning";
import { postgresAccessRules } from "./rules/postgresAccess";
import { postgresContentsRules } from "./rules/postgresContents";
import { postgresKeepingRules } from "./rules/postgresKeeping";
import { predictionRules } from "./rules/predictions";
import { registryRules } from "./rules/registry";
import { registryRolesRules } from "./rules/registryRoles";
import { releasedModelRules } from "./rules/releasedModels";
import { secretMarksRules } from "./rules/secretMarks";
import { secretsInClusterRules } from "./rules/secretsInCluster";
import { servingPodRules } from "./rules/servingPods";
import { storageAccessRules } from "./rules/storageAccess";
import { storageKeepingRules } from "./rules/storageKeeping";
import { storageModelsRules } from "./rules/storageModels";
import { supplyChainRules } from "./rules/supplyChain";
import { trackingAccessRules } from "./rules/trackingAccess";
import { trackingReachRules } from "./rules/trackingReach";
import { trackingStoreRules } from "./rules/trackingStores";
import { trainingRules } from "./rules/trainings";
import { vaultRules } from "./rules/vault";
import { vaultContentsRules } from "./rules/vaultContents";
import { vaultSharedRules } from "./rules/vaultShared";
import { volumeRules } from "./rules/volumes";

/** Every rule, by family. */
export const rules: readonly Rule[] = [
  ...aksRules,
  ...aksNodesRules,
  ...aksPartsRules,
  ...postgresAccessRules,
  ...postgresContentsRules,
  ...postgresKeepingRules,
  ...registryRules,
  ...registryRolesRules,
  ...storageAccessRules,
  ...storageKeepingRules,
  ...storageModelsRules,
  ...vaultRules,
  ...vaultContentsRules,
  ...vaultSharedRules,
  ...environmentsRules,
  ...governanceRules,
  ...governanceBudgetRules,
  ...governanceChangeRules,
  ...governanceOwnersRules,
  ...idFederationRules,
  ...idPairsRules,
  ...idRolesRules,
  ...idStorageRules,
  ...isolationRules,
  ...isolationKeysRules,
  ...isolationNamesRules,
  ...isolationReferencesRules,
  ...localRules,
  ...localAccessRules,
  ...localBasinsRules,
  ...logsRules,
  ...networkEdgeRules,
  ...networkPrivateRules,
  ...networkRules,
  ...secretMarksRules,
  ...secretsInClusterRules,
  ...supplyChainRules,
  ...podConfinementRules,
  ...podRunningRules,
  ...namespaceRules,
  ...networkOpeningRules,
  ...networkPeerRules,
  ...clusterRightsRules,
  ...clusterExposureRules,
  ...servingPodRules,
  ...volumeRules,
  ...trackingReachRules,
  ...trackingAccessRules,
  ...trackingStoreRules,
  ...artifactStoreRules,
  ...releasedModelRules,
  ...driftMonitorRules,
  ...predictionRules,
  ...callerRules,
  ...trainingRules,
  ...notebookRules,
  ...gitlabVariableRules,
  ...gitlabProjectRules,
  ...gitlabProtectionRules,
  ...gitlabReachRules,
  ...gitlabImageRules,
  ...gitlabRunnerRules,
  ...gitlabTokenRules,
  ...forgeTrustRules,
  ...forgeCounterpartRules,
  ...forgeEnvironmentRules,
  ...forgeApartRules,
  ...forgeToldRules,
  ...forgeScheduleRules,
];
