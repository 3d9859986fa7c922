import type { ImageDigest } from "./images";

/** Where an environment runs, or a forge is. */
export type TargetName = "azure" | "gitlab" | "kubernetes" | "local";

/** What an environment is for; production trusts protected refs only. */
export type Tier = "development" | "integration" | "staging" | "production";

/** How much of the chain an environment has, for a team's maturity; `profiles.ts` says what each means. */
export type ProfileName = "frugal" | "standard" | "full";

/** One model's project in a stack. */
export interface UseCaseSettings {
  readonly name: string;
  /** Customers of the synthetic population; not used where `source` is given. */
  readonly rows: number;
  /** The user's own CSV or Parquet file, relative to the checkout. */
  readonly source?: string;
  /** Whether its training may ask for a GPU. */
  readonly gpu: boolean;
  readonly gates: Gates;
  /** Undefined on the local target, whose use cases run for their developer alone. */
  readonly accountability?: Accountability;
}

/** The risk that a use case's decisions bear. */
export const riskClasses = ["minimal", "limited", "high"] as const;

/** How sensitive data is. */
export const dataClassifications = ["public", "internal", "confidential", "restricted"] as const;

/** Who answers for a use case, what it is for, and until when somebody has looked at that. */
export interface Accountability {
  readonly owner: string;
  readonly team: string;
  readonly purpose: string;
  readonly riskClass: (typeof riskClasses)[number];
  /** YYYY-MM-DD. */
  readonly reviewBy: string;
}

/** What the release asks of a model, on data kept out of its training; the metric says which kind of model it is. */
export type Gates = {
  /** Lowest value of the metric. */
  readonly floor: number;
  /** How much more of the metric a model must have than a simple baseline. */
  readonly baselineMargin: number;
  /** How much of the metric a challenger may lie under the champion, by its confidence bound. */
  readonly nonInferiorityMargin: number;
} & (
  | {
      /** Of a binary classifier; also where no metric is named. */
      readonly metric?: "roc_auc";
      /** Highest Brier score, for calibration. */
      readonly maxBrier: number;
    }
  | {
      /** Of a regressor or a forecast. */
      readonly metric: "r2";
      /** Highest mean error, in standard deviations of the labels. */
      readonly maxBias: number;
    }
);

/** What the settings of every stack have. */
export interface CommonSettings {
  readonly stack: string;
  readonly target: TargetName;
  readonly useCases: readonly UseCaseSettings[];
  /** Fixed ports by service (local target); the others are chosen free. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Settings of a stack that makes the forge. */
export interface ForgeSettings extends CommonSettings {
  readonly kind: "forge";
  /** Of the target `gitlab`. */
  readonly gitlab?: GitlabForgeSettings;
}

/** A GitLab that is there, and the group that a forge's stack makes in it. */
export interface GitlabForgeSettings {
  readonly url: string;
  readonly tier: GitlabTier;
  /** What GitLab is installed, whatever its tier: the two know different properties of a protected branch. */
  readonly edition: "enterprise" | "community";
  /** Full path; only its last part is made. */
  readonly group: string;
  /** How many people approve a merge request beside its author, where the tier can. */
  readonly approvals: number;
  /** Days that the bot's token lives; it is renewed by an `up` in its last third. */
  readonly tokenDays: number;
  /** Whether GitLab's container registry has a metadata database, without which it protects no tag. */
  readonly registryDatabase: boolean;
  readonly webhooks: readonly { readonly name: string; readonly url: string }[];
  readonly freezePeriods: readonly FreezePeriod[];
}

/** When nothing is deployed: from the times of one cron line to those of another. */
export interface FreezePeriod {
  readonly name: string;
  readonly start: string;
  readonly end: string;
  /** As in the time zone database: `Europe/Paris`. */
  readonly timezone: string;
}

/** Settings of a stack that makes one environment. */
export interface EnvironmentSettings extends CommonSettings {
  readonly kind: "environment";
  readonly environment: string;
  readonly tier: Tier;
  readonly profile: ProfileName;
  /** The forge's stack (local target), GitLab, or undefined for none (`forge: none`). */
  readonly forge?: string | GitlabSettings;
  /** When the monitor checks the day before, five-field cron in UTC. */
  readonly monitorCron: string;
  /** When production trains anew by itself, five-field cron in UTC; undefined: by hand, or by a commit. */
  readonly retrainCron?: string;
  /** What every cloud resource and namespace is marked with. */
  readonly governance: Governance;
  /** Digests of the platform's images, as its pipeline recorded them; production needs all. */
  readonly imageDigests?: Readonly<Record<string, ImageDigest>>;
  /** Of the targets `azure` and `kubernetes`. */
  readonly cluster?: ClusterSettings;
  readonly azure?: AzureSettings;
  readonly kubernetes?: KubernetesSettings;
}

/** Who answers for an environment, and how its data is classified. */
export interface Governance {
  readonly owner: string;
  readonly costCenter: string;
  readonly dataClassification: (typeof dataClassifications)[number];
}

/** Every subscription of GitLab, from the least. */
export const gitlabTiers = ["free", "premium", "ultimate"] as const;

/** What the GitLab's subscription has; `components/gitlab/tiers.ts` says what each lacks. */
export type GitlabTier = (typeof gitlabTiers)[number];

/** The GitLab whose jobs and people an environment trusts, and whose projects it tells of itself. */
export interface GitlabSettings {
  /** Base URL, also the issuer of its id_tokens. */
  readonly url: string;
  readonly tier: GitlabTier;
  /** Full path of the group that holds the projects. */
  readonly group: string;
  /** Project ids by path, of the platform and of each use case; one that is not here is looked up by its path. */
  readonly projectIds: Readonly<Record<string, string>>;
  /** Days that a token lives which the environment makes there; it is renewed by an `up` in its last third. */
  readonly tokenDays: number;
}

/** A key of a Kubernetes Secret that somebody else keeps. */
export interface SecretReference {
  readonly secret: string;
  readonly key: string;
}

/** What the workloads on a cluster are given, on Azure and on a team's own. */
export interface ClusterSettings {
  /** Hosts are `tracking.<domain>` and `<use case>.<domain>`. */
  readonly domain: string;
  readonly ingressClass: string;
  /** Namespace and labels of the ingress controller's pods, for NetworkPolicies. */
  readonly ingressNamespace: string;
  /** ClusterIssuer of cert-manager that makes the certificates; else Secrets `<host>-tls` must exist. */
  readonly certificateIssuer?: string;
  /** Registry and path that images are pulled from; on Azure the environment's own registry when not set. */
  readonly imageRegistry?: string;
  /** Builds the platform's images with Docker and pushes them to `imageRegistry`, where no pipeline can yet; not in production. */
  readonly buildImages: boolean;
  /** How people log in, by an OIDC proxy before the tracking server; undefined for no browser access. */
  readonly people?: PeopleSettings;
  /** Whether to run a GitLab runner for each use case and for releases. */
  readonly runner: boolean;
  /** The runner that builds images, for the whole group; undefined for none. Not in production. */
  readonly builds?: {
    /** CIDR ranges that builds must reach beside `egressRanges`: package indexes and base images. Port 443. */
    readonly egressRanges: readonly string[];
  };
  /** Whether to make ServiceMonitors and PrometheusRules, whose operator must be there. */
  readonly prometheus: boolean;
  /** CIDR ranges outside of the cluster that workloads must reach: GitLab, Entra, the API server. Port 443. */
  readonly egressRanges: readonly string[];
}

/** An OpenID Connect provider of people: GitLab or Entra. */
export interface PeopleSettings {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly clientId: string;
  /** Client secret, in the platform's namespace (Kubernetes) or a Key Vault secret's name as `key` (Azure). */
  readonly clientSecret: SecretReference;
  /** Roles by group, as the provider names groups in the claim `groups`. */
  readonly groups: Readonly<Record<string, "scientist" | "auditor">>;
}

/** Settings of an environment on Azure. */
export interface AzureSettings {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly location: string;
  /** The region of geo-redundant copies, where a customer-managed key for them must lie too; undefined where Azure has no pair. */
  readonly pairedLocation?: string;
  /** Two to six letters and digits that make global names unique; change it when a purge-protected name is taken. */
  readonly instance: string;
  /** The environment's own resource group. */
  readonly resourceGroup: string;
  readonly network: AzureNetworkSettings;
  readonly nodes: AzureNodeSettings;
  readonly database: AzureDatabaseSettings;
  /** Entra groups: object ids. */
  readonly groups: {
    /** Administers the cluster by Azure RBAC. */
    readonly clusterAdmins: string;
    /** Administers PostgreSQL; the name is what PostgreSQL logs in by. */
    readonly databaseAdmins: { readonly id: string; readonly name: string };
    /** May land data; nobody where it is not set. */
    readonly dataLanders?: string;
    /** May read Key Vault's audit and reports; nobody where it is not set. */
    readonly auditors?: string;
  };
  readonly deployer: DeployerSettings;
  readonly budget: { readonly amount: number; readonly startDate: string };
  /** E-mail addresses that alerts and the budget write to. */
  readonly alertEmails: readonly string[];
}

/** Address ranges of an environment, which no other may overlap, or a network that is there already. */
export interface AzureNetworkSettings {
  /** CIDR of the VNet, at least a /22; subnets are cut from it. */
  readonly addressSpace: string;
  /** CIDR ranges of those who may come in beside the nodes: the VPN's clients, machines in the network, the platform's runner. */
  readonly clientRanges: readonly string[];
  /** `natGateway`, or the private address of a firewall that the routes lead to. */
  readonly egress: "natGateway" | { readonly firewallAddress: string };
  /** CIDR ranges that nodes are seen with on the Internet, where their way out is not made here: a public API lets them in. */
  readonly egressAddresses: readonly string[];
  /** Ids of what the team's network people made; then nothing of the network is made here. */
  readonly existing?: {
    readonly virtualNetworkId: string;
    readonly nodesSubnetId: string;
    readonly endpointsSubnetId: string;
    readonly databaseSubnetId: string;
    /** Delegated to Microsoft.ContainerService/managedClusters; production needs it, to encrypt Kubernetes Secrets by a key. */
    readonly apiServerSubnetId?: string;
    /** Resource group with the private DNS zones; the zones are made here when it is not set. */
    readonly privateDnsResourceGroupId?: string;
  };
}

/** Sizes of the cluster's nodes; defaults come from the profile. */
export interface AzureNodeSettings {
  readonly kubernetesVersion: string;
  readonly systemSize: string;
  readonly userSize: string;
  readonly maxUserNodes: number;
  /** Size of the GPU pool; undefined for none. */
  readonly gpuSize?: string;
  readonly zones: readonly string[];
}

/** Size of PostgreSQL; defaults come from the profile. */
export interface AzureDatabaseSettings {
  readonly size: string;
  readonly tier: "Burstable" | "GeneralPurpose" | "MemoryOptimized";
  readonly storageGb: number;
  readonly access: "privateEndpoint" | "delegatedSubnet";
}

/** How the one who runs `pulumi up` reaches the cluster's API, and who that is. */
export interface DeployerSettings {
  /** `vnet`: from inside of the network or by its VPN; `ranges`: from these addresses, to a public API. */
  readonly reach: "vnet" | { readonly ranges: readonly string[] };
  /** How kubelogin gets a token: of the Azure CLI, or of a pipeline's federated identity. */
  readonly login: "azurecli" | "workloadidentity";
}

/** Settings of an environment on a cluster that the team has. */
export interface KubernetesSettings {
  /** Context of the kubeconfig; named always, so that nothing lands in the current one by accident. */
  readonly context: string;
  /** Issuer of the cluster's ServiceAccount tokens (`--service-account-issuer`). */
  readonly serviceAccountIssuer: string;
  /** CIDR of the API server, as pods see it. */
  readonly apiServerRange: string;
  readonly storageClass?: string;
  readonly database: { readonly instances: number; readonly storageGb: number };
  readonly objectStore: ObjectStoreSettings;
}

/** Where blobs are kept on a cluster. */
export type ObjectStoreSettings =
  /** Deployed in the cluster: an S3 server on one volume. */
  | { readonly kind: "deployed"; readonly storageGb: number }
  /**
   * The team's own. Buckets or containers are `<prefix>-<artifacts|data|inference|reports>`. Each role's key is in the Secret
   * `objects-<role>` of its namespace: `accessKey` and `secretKey` (s3), or `connectionString` (azure).
   */
  | {
      readonly kind: "s3" | "azure";
      readonly endpoint: string;
      readonly region: string;
      readonly prefix: string;
      /** CIDR of the endpoint, for NetworkPolicies, and its port. */
      readonly range: string;
      readonly port: number;
    };
