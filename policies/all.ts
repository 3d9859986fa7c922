import type { Rule } from "./rule";
import { aksRules } from "./rules/aks/aks";
import { aksNodesRules } from "./rules/aks/nodes";
import { aksPartsRules } from "./rules/aks/parts";
import { clusterAccessRules } from "./rules/cloudnativepg/access";
import { clusterBackupRules } from "./rules/cloudnativepg/backups";
import { clusterClientRules } from "./rules/cloudnativepg/clients";
import { clusterStandByRules } from "./rules/cloudnativepg/standBy";
import { ciVariableRules } from "./rules/forge/ciVariables";
import { forgeCounterpartRules } from "./rules/forge/counterparts";
import { forgeEnvironmentRules } from "./rules/forge/environments";
import { forgeScheduleRules } from "./rules/forge/schedules";
import { forgeSeparationRules } from "./rules/forge/separation";
import { forgeTrustRules } from "./rules/forge/trust";
import { gitlabImageRules } from "./rules/gitlab/images";
import { gitlabProjectRules } from "./rules/gitlab/projects";
import { gitlabProtectionRules } from "./rules/gitlab/protection";
import { gitlabReachRules } from "./rules/gitlab/reach";
import { gitlabRunnerRules } from "./rules/gitlab/runners";
import { gitlabTokenRules } from "./rules/gitlab/tokens";
import { gitlabVariableRules } from "./rules/gitlab/variables";
import { governanceBudgetRules } from "./rules/governance/budget";
import { governanceChangeRules } from "./rules/governance/change";
import { governanceRules } from "./rules/governance/governance";
import { governanceLockRules } from "./rules/governance/locks";
import { governanceOwnersRules } from "./rules/governance/owners";
import { governanceUseCaseRules } from "./rules/governance/useCases";
import { idFederationRules } from "./rules/identity/federation";
import { idFoldersRules } from "./rules/identity/folders";
import { idPairsRules } from "./rules/identity/pairs";
import { idRightsRules } from "./rules/identity/rights";
import { idRolesRules } from "./rules/identity/roles";
import { idStorageRules } from "./rules/identity/storage";
import { environmentsRules } from "./rules/isolation/environments";
import { isolationRules } from "./rules/isolation/isolation";
import { isolationKeysRules } from "./rules/isolation/keys";
import { isolationNamesRules } from "./rules/isolation/names";
import { ownEnvironmentRules } from "./rules/isolation/ownEnvironment";
import { isolationReachRules } from "./rules/isolation/reach";
import { isolationReferencesRules } from "./rules/isolation/references";
import { tenantRules } from "./rules/isolation/tenant";
import { bindingRules } from "./rules/kubernetes/bindings";
import { doorRules } from "./rules/kubernetes/doors";
import { clusterExposureRules } from "./rules/kubernetes/exposure";
import { loginProxyRules } from "./rules/kubernetes/loginProxy";
import { namespaceRules } from "./rules/kubernetes/namespaces";
import { networkOpeningRules } from "./rules/kubernetes/networkOpenings";
import { networkPeerRules } from "./rules/kubernetes/networkPeers";
import { podConfinementRules } from "./rules/kubernetes/podConfinement";
import { podRunningRules } from "./rules/kubernetes/podRunning";
import { podTokenRules } from "./rules/kubernetes/podTokens";
import { clusterRightsRules } from "./rules/kubernetes/rights";
import { runnerJobRules } from "./rules/kubernetes/runnerJobs";
import { servingPodRules } from "./rules/kubernetes/servingPods";
import { transportRules } from "./rules/kubernetes/transport";
import { volumeRules } from "./rules/kubernetes/volumes";
import { localAccessRules } from "./rules/local/access";
import { localEnvironmentsRules } from "./rules/local/environments";
import { localRules } from "./rules/local/local";
import { clusterAlertRules } from "./rules/logs/clusterAlerts";
import { logLimitRules } from "./rules/logs/limits";
import { logsRules } from "./rules/logs/logs";
import { artifactStoreRules } from "./rules/ml/artifactStore";
import { callerRules } from "./rules/ml/callers";
import { driftMonitorRules } from "./rules/ml/driftMonitors";
import { notebookRules } from "./rules/ml/notebooks";
import { predictionRules } from "./rules/ml/predictions";
import { releasedModelRules } from "./rules/ml/releasedModels";
import { trainingStartRules } from "./rules/ml/starts";
import { trackingAccessRules } from "./rules/ml/trackingAccess";
import { trackingReachRules } from "./rules/ml/trackingReach";
import { trackingStoreRules } from "./rules/ml/trackingStores";
import { trainingRules } from "./rules/ml/trainings";
import { networkEdgeRules } from "./rules/network/edge";
import { networkLastDenyRules } from "./rules/network/lastDeny";
import { networkPrivateRules } from "./rules/network/private";
import { networkRules } from "./rules/network/securityRules";
import { postgresAccessRules } from "./rules/postgres/access";
import { postgresContentsRules } from "./rules/postgres/contents";
import { postgresExtensionRules } from "./rules/postgres/extensions";
import { postgresRetentionRules } from "./rules/postgres/retention";
import { registryRules } from "./rules/registry/registry";
import { registryRolesRules } from "./rules/registry/roles";
import { secretsInClusterRules } from "./rules/secrets/inCluster";
import { generatedKeyRules } from "./rules/secrets/keys";
import { secretMarksRules } from "./rules/secrets/marks";
import { storageAccessRules } from "./rules/storage/access";
import { deployedBucketRules } from "./rules/storage/deployedBuckets";
import { storageModelsRules } from "./rules/storage/models";
import { storageRetentionRules } from "./rules/storage/retention";
import { supplyChainRules } from "./rules/supplyChain/supplyChain";
import { vaultContentsRules } from "./rules/vault/contents";
import { vaultKeyRules } from "./rules/vault/keys";
import { vaultSharedRules } from "./rules/vault/shared";
import { vaultRules } from "./rules/vault/vault";

/** Every rule, by family. */
export const rules: readonly Rule[] = [
  ...aksRules,
  ...aksNodesRules,
  ...aksPartsRules,
  ...postgresAccessRules,
  ...postgresContentsRules,
  ...postgresRetentionRules,
  ...postgresExtensionRules,
  ...clusterAccessRules,
  ...clusterBackupRules,
  ...clusterStandByRules,
  ...clusterClientRules,
  ...registryRules,
  ...registryRolesRules,
  ...storageAccessRules,
  ...storageRetentionRules,
  ...storageModelsRules,
  ...deployedBucketRules,
  ...vaultRules,
  ...vaultContentsRules,
  ...vaultSharedRules,
  ...vaultKeyRules,
  ...environmentsRules,
  ...ownEnvironmentRules,
  ...tenantRules,
  ...governanceRules,
  ...governanceBudgetRules,
  ...governanceChangeRules,
  ...governanceOwnersRules,
  ...governanceLockRules,
  ...governanceUseCaseRules,
  ...idFederationRules,
  ...idPairsRules,
  ...idRolesRules,
  ...idStorageRules,
  ...idRightsRules,
  ...idFoldersRules,
  ...isolationRules,
  ...isolationKeysRules,
  ...isolationReachRules,
  ...isolationNamesRules,
  ...isolationReferencesRules,
  ...localRules,
  ...localAccessRules,
  ...localEnvironmentsRules,
  ...logsRules,
  ...clusterAlertRules,
  ...logLimitRules,
  ...networkEdgeRules,
  ...networkPrivateRules,
  ...networkRules,
  ...networkLastDenyRules,
  ...secretMarksRules,
  ...secretsInClusterRules,
  ...generatedKeyRules,
  ...supplyChainRules,
  ...podConfinementRules,
  ...podRunningRules,
  ...namespaceRules,
  ...networkOpeningRules,
  ...networkPeerRules,
  ...clusterRightsRules,
  ...bindingRules,
  ...podTokenRules,
  ...doorRules,
  ...runnerJobRules,
  ...loginProxyRules,
  ...clusterExposureRules,
  ...transportRules,
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
  ...trainingStartRules,
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
  ...forgeSeparationRules,
  ...ciVariableRules,
  ...forgeScheduleRules,
];
