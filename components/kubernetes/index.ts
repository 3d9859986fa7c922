/** Parts of an environment on a Kubernetes cluster, each usable from any Pulumi program. */
export { Alerts, type AlertsArgs } from "./alerts";
export { apiServerEgress, ClusterIssuer, type ClusterIssuerArgs } from "./apiServer";
export { Authority } from "./authority";
export { LogCompaction, type LogCompactionArgs } from "./compaction";
export {
  type Credentials,
  type ExistingDatabase,
  type ExistingStore,
  existingDatabase,
  existingStore,
} from "./existing";
export type {
  ClusterForge,
  ClusterOptions,
  ClusterStore,
  Images,
  Pod,
  PodAccess,
  PodPlace,
  PodScope,
  SecretStore,
  WorkloadIdentity,
  WorkloadIssuer,
} from "./foundation";
export {
  type ClusterDatabase,
  podScope,
} from "./foundation";
export type { IngressArgs } from "./ingress";
export { LoginProxy, type LoginProxyArgs } from "./login";
export { DriftMonitor, type DriftMonitorArgs, type IssueProject } from "./monitor";
export { IsolatedNamespace, type NamespaceArgs } from "./namespaces";
export { DeployedStore } from "./objectsDeployed";
export type { ObjectServerArgs } from "./objectsServer";
export { podsOf } from "./pods";
export { Postgresql, type PostgresqlArgs } from "./postgresql";
export type { Quota } from "./quotas";
export {
  BuildRunner,
  type BuildRunnerArgs,
  ReleaseRunner,
  type ReleaseRunnerArgs,
  UseCaseRunner,
  type UseCaseRunnerArgs,
} from "./runner";
export { ClusterSecrets } from "./secrets";
export { ModelServer, type ModelServerArgs } from "./serving";
export { SigningKey } from "./signingKey";
export { target } from "./target";
export { TrackingServer, type TrackingServerArgs } from "./tracking";
export { Training, type TrainingArgs } from "./training";
