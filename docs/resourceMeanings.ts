/** What a type of resource is for in an environment, by the area that it belongs to. */
export const areas: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  basics: {
    "azure-native:resources:ResourceGroup": "holds everything of the environment",
    "azure-native:authorization:ManagementLockByScope": "blocks deletion of data, in the portal too",
    "azure-native:consumption:Budget": "alerts on the month's cost; stops nothing",
  },
  network: {
    "azure-native:network:VirtualNetwork": "the environment's network, peered with none",
    "azure-native:network:Subnet": "nodes, private endpoints, PostgreSQL, API server",
    "azure-native:network:NetworkSecurityGroup": "inbound rules of each subnet",
    "azure-native:network:NatGateway": "outgoing traffic of the nodes",
    "azure-native:network:PublicIPAddress": "the public address of outgoing traffic",
    "azure-native:network:RouteTable": "routes the nodes' traffic to the team's firewall",
    "azure-native:network:PrivateEndpoint": "private address of a managed part",
    "azure-native:network:PrivateDnsZoneGroup": "the names of a private endpoint",
    "azure-native:privatedns:PrivateZone": "private names of one service",
    "azure-native:privatedns:VirtualNetworkLink": "lets the network resolve a zone",
  },
  cluster: {
    "azure-native:containerservice:ManagedCluster": "AKS: Entra logs in, no local account",
    "azure-native:containerservice:AgentPool": "nodes of the workloads; a second one for GPUs",
    "azure-native:containerservice:MaintenanceConfiguration": "when Azure may upgrade",
    "azure-native:compute:DiskEncryptionSet": "encrypts the nodes' disks with a customer-managed key",
    "azure-native:containerregistry:Registry": "the images that the cluster runs",
  },
  data: {
    "azure-native:dbforpostgresql:Server": "PostgreSQL, with Entra tokens only",
    "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra":
      "the people's group, and the Job that makes roles",
    "azure-native:dbforpostgresql:Configuration": "TLS, audit and throttling",
    "azure-native:dbforpostgresql:Database": "`tracking` and `auth`",
    "azure-native:storage:StorageAccount": "blobs, by role assignments only: no account key, no SAS",
    "azure-native:storage:BlobServiceProperties": "versions, soft delete, change feed",
    "azure-native:storage:BlobContainer": "`artifacts`, `data`, `inference`, `reports`",
    "azure-native:storage:BlobContainerImmutabilityPolicy":
      "makes every version of an artifact immutable for a year",
    "azure-native:storage:ManagementPolicy":
      "moves old versions and predictions to cooler tiers, then deletes them",
    "kubernetes:postgresql.cnpg.io/v1:Cluster": "PostgreSQL, by CloudNativePG",
    "kubernetes:postgresql.cnpg.io/v1:Database": "the database `auth`",
    "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup": "a backup to the object store each night",
    "kubernetes:core/v1:PersistentVolumeClaim": "the volume of the deployed object store",
    "kubernetes:apps/v1:StatefulSet": "the deployed object store",
  },
  "secrets and identities": {
    "azure-native:keyvault:Vault":
      "secrets and keys; a second one in the paired region for geo-redundant backups",
    "azure-native:keyvault:Key": "encrypts one managed part",
    "azure-native:keyvault:Secret": "a secret of one pod",
    "azure-native:managedidentity:UserAssignedIdentity": "one per use case and role, and one per key",
    "azure-native:managedidentity:FederatedIdentityCredential":
      "trusts one ServiceAccount, or one protected branch",
    "azure-native:authorization:RoleAssignment": "one role on one resource, with its reason as description",
    "azure-native:authorization:RoleDefinition": "custom blob roles, narrower than Azure's own",
    "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": "mounts a pod's secrets from Key Vault",
    "kubernetes:core/v1:Secret": "a secret or certificate of one pod",
    "random:index/randomBytes:RandomBytes": "a random secret, encrypted in the state",
    "tls:index/privateKey:PrivateKey":
      "the key that signs released models; on-premise also keys of certificates",
    "tls:index/selfSignedCert:SelfSignedCert": "the environment's own certificate authority",
    "tls:index/certRequest:CertRequest": "a request for a server's certificate",
    "tls:index/locallySignedCert:LocallySignedCert": "the certificate of a server inside of the cluster",
  },
  forge: {
    "gitlab:index/projectEnvironment:ProjectEnvironment":
      "the environment in a project of GitLab, with its tier",
    "gitlab:index/projectProtectedEnvironment:ProjectProtectedEnvironment":
      "asks a maintainer before a job runs in production",
    "gitlab:index/projectVariable:ProjectVariable": "a CI variable with the scope of this environment",
    "gitlab:index/userRunner:UserRunner": "a runner's registration at GitLab, with tag and token",
    "gitlab:index/pipelineSchedule:PipelineSchedule": "a scheduled pipeline of `main`",
    "gitlab:index/pipelineScheduleVariable:PipelineScheduleVariable": "the task of that pipeline",
    "gitlab:index/projectAccessToken:ProjectAccessToken": "the monitor's token to write issues; expires",
  },
  monitoring: {
    "azure-native:operationalinsights:Workspace": "all logs",
    "azure-native:monitor:DiagnosticSetting": "sends a part's audit logs to the workspace",
    "azure-native:monitor:PrivateLinkScope": "makes the network the only way to the logs",
    "azure-native:monitor:PrivateLinkScopedResource": "adds the workspace to that scope",
    "azure-native:monitor:ActionGroup": "who gets the alerts",
    "azure-native:monitor:MetricAlert": "alerts on a managed part",
    "kubernetes:monitoring.coreos.com/v1:PrometheusRule": "alerts on workloads and PostgreSQL",
    "kubernetes:monitoring.coreos.com/v1:PodMonitor":
      "makes Prometheus scrape PostgreSQL, runners and model servers",
  },
  namespaces: {
    "kubernetes:core/v1:Namespace": "Pod Security `restricted`",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy":
      "default-deny and DNS per namespace; the exact openings per pod",
    "kubernetes:core/v1:ResourceQuota": "limits the resources of a namespace",
    "kubernetes:core/v1:LimitRange": "default sizes for containers",
    "kubernetes:core/v1:ServiceAccount": "one per pod's role",
    "kubernetes:rbac.authorization.k8s.io/v1:Role": "what a runner may do, in its namespace only",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": "grants it to the runner",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding":
      "lets two servers read the cluster's token keys",
  },
  workloads: {
    "kubernetes:apps/v1:Deployment": "tracking server, login proxy, model servers, runners",
    "kubernetes:batch/v1:Job": "makes roles or buckets; migrates the databases",
    "kubernetes:batch/v1:CronJob": "drift monitor; suspended templates of training and of landing",
    "kubernetes:core/v1:ConfigMap": "a runner's settings; certificates to trust",
    "kubernetes:core/v1:Service": "address of a server in the cluster",
    "kubernetes:networking.k8s.io/v1:Ingress": "tracking server and model server from outside, by TLS",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": "more model servers under load",
    "kubernetes:policy/v1:PodDisruptionBudget": "nodes are drained one pod at a time",
  },
};
