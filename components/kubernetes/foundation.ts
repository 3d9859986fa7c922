import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ImageName } from "../images";
import type { Container, Permission } from "../naming";
import type { UseCaseSettings } from "../settings";

/** What a pod does; each role has a ServiceAccount of its own, named as the role. */
export type PodRole =
  /** Makes roles and rights in PostgreSQL, as its administrator. */
  | "database-admin"
  /** Migrates the databases, which it owns, and grants. */
  | "prepare"
  | "tracking"
  | "proxy"
  | "serve"
  | "monitor"
  /** Puts the log of a use case's predictions together. */
  | "compact"
  | "train"
  /** Lands the rows of a use case. */
  | "land"
  | "release"
  /** Builds images; of nobody's identity. */
  | "build"
  | "runner"
  /** The object store that is deployed here. */
  | "objects"
  /** Makes its buckets, and says who may do what in them. */
  | "objects-admin";

/** The pods of a role in a namespace, as selectors and policies name them. */
export interface PodPlace {
  readonly role: PodRole;
  readonly namespace: string;
}

/** A pod that a part makes. */
export interface Pod extends PodPlace {
  /** Name of its resources in the stack, and the beginning of the names of what belongs to it. */
  readonly name: string;
  /** Of the roles serve, monitor, compact, train and land. */
  readonly useCase?: string;
}

/** Peers that a pod may open connections to. */
export interface Egress {
  readonly to: k8s.types.input.networking.v1.NetworkPolicyPeer[];
  readonly ports: readonly number[];
}

/** What a pod must be given to reach one thing outside of itself. */
export interface PodAccess {
  readonly env: readonly k8s.types.input.core.v1.EnvVar[];
  readonly volumes: readonly k8s.types.input.core.v1.Volume[];
  readonly mounts: readonly k8s.types.input.core.v1.VolumeMount[];
  readonly egress: readonly Egress[];
  readonly dependsOn: readonly pulumi.Resource[];
}

/** Annotations and labels of a ServiceAccount and its pods by which a cloud trusts them; empty where none does. */
export interface WorkloadIdentity {
  readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Options of what is made in a cluster. */
export interface ClusterOptions {
  /** Of the cluster; the parent's where it is not set. */
  readonly provider?: k8s.Provider;
  readonly parent?: pulumi.Resource;
  /** What must be there before: the namespaces. */
  readonly dependsOn?: pulumi.Resource[];
}

/** A certificate authority of an environment, for the servers in its cluster. */
export interface ServerAuthority {
  /** Folder in a pod that {@link trust} was given to, with `ca.crt`. */
  readonly folder: string;
  /** What a pod of a namespace needs to find the authority's certificate. */
  trust(namespace: string): PodAccess;
  /** A certificate for a Service, and the Secret that holds it; `owner` names its resources. */
  serverCertificate(
    service: string,
    namespace: string,
    owner?: string,
  ): { readonly secret: pulumi.Resource; readonly certificate: pulumi.Output<string> };
}

/** How the pods of an environment are made on a cluster, whatever they run. */
export interface PodScope {
  readonly options: ClusterOptions;
  readonly workloadIdentity: (pod: Pod) => WorkloadIdentity;
  /** CIDR ranges outside of the cluster that pods may reach where they ask for it, on port 443. */
  readonly egressRanges: readonly string[];
  /** Ports of these ranges beside 443. */
  readonly egressPorts: readonly number[];
  /** What a pod of a namespace needs to trust the authorities of the settings; undefined: it trusts its image's. */
  readonly authorities?: (namespace: string) => PodAccess;
  /** The environment's own, by which its servers speak TLS among themselves; undefined: they speak plain HTTP. */
  readonly authority?: ServerAuthority;
}

/** A scope whose pods no cloud trusts, for programs of their own. */
export const podScope = (
  options: ClusterOptions,
  egressRanges: readonly string[] = [],
  egressPorts: readonly number[] = [],
): PodScope => ({
  options,
  workloadIdentity: () => ({ annotations: {}, labels: {} }),
  egressRanges,
  egressPorts,
});

/** PostgreSQL as pods see it. */
export interface ClusterDatabase {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  /**
   * Environment `ECLUSE_TRACKING_DATABASE` and `ECLUSE_AUTH_DATABASE` (URIs without a password, with the role's own
   * user), and what logs in: `PGPASSWORD` by reference, or `ECLUSE_DATABASE_LOGIN=entra`.
   */
  access(pod: Pod): PodAccess;
  /**
   * Statements are ecluse_identity.roles's: its Job's extra environment, or undefined where the roles are made
   * otherwise.
   */
  readonly administration?: PodAccess;
}

/** The blob store as pods see it. */
export interface ClusterStore {
  readonly endpoint: pulumi.Output<string>;
  /** `ECLUSE_ARTIFACTS` of the tracking server: wasbs://… or s3://…. */
  readonly artifacts: pulumi.Output<string>;
  /** URL of a container for `ECLUSE_<CONTAINER>_URL`; without a key: the pod's identity or its Secret opens it. */
  url(container: Container): pulumi.Output<string>;
  /**
   * Lets a pod's identity use a container, and says what the pod needs for it (credentials by reference, egress).
   * Once per pod and container.
   */
  access(pod: Pod, container: Container, permission: Permission): PodAccess;
}

/** Who gives a secret its next value: the stack, which has made it, or a person, who asks for another. */
export type Renewal = "by the stack" | "by hand";

/** Where the target keeps secrets of pods: Secrets of the cluster, or a Key Vault. */
export interface SecretStore {
  /** Keeps values, and says how the pod gets them as environment variables; renewed by the stack if not said. */
  values(
    pod: Pod,
    name: string,
    values: Readonly<Record<string, pulumi.Output<string>>>,
    renewal?: Renewal,
  ): PodAccess;
  /** Keeps a token, and gives it to the pod as the file `<folder>/token`, where a renewed one follows. */
  file(pod: Pod, folder: string, token: pulumi.Output<string>): PodAccess;
  /** A value that somebody else keeps (`SecretReference`), as one environment variable of the pod. */
  existing(pod: Pod, variable: string, reference: SecretKey): PodAccess;
  /** A random secret of so many bytes, in hex; a Key Vault's gets another value each half-year. */
  random(name: string, bytes: number): pulumi.Output<string>;
}

/** A key of a Kubernetes Secret that somebody else keeps; in a Key Vault `key` is the name of the secret. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** The issuer of the cluster's ServiceAccount tokens. */
export interface WorkloadIssuer {
  /** Its entry in `ECLUSE_IDENTITY`, and the files of the pod by which its keys are fetched. */
  readonly keys: pulumi.Output<{
    readonly issuer: string;
    readonly jwks_uri: string;
    readonly ca_file?: string;
    readonly token_file?: string;
  }>;
  /** What a pod needs to fetch the keys: those files (projected), and egress. */
  access(pod: Pod): PodAccess;
}

/** A runner as its GitLab knows it. */
export interface RegisteredRunner {
  readonly id: pulumi.Output<string>;
  /** By which it asks for jobs; secret. */
  readonly token: pulumi.Output<string>;
}

/** The CI variables of one environment in a use case's project, and the address that it shows. */
export interface ProjectRegistration {
  readonly useCase: UseCaseSettings;
  /** None is secret: jobs show tokens of their own. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** Where people reach what the project deploys. */
  readonly url: string;
}

/** The GitLab of an environment on a cluster. `parent` is the part that a resource at GitLab belongs to. */
export interface ClusterForge {
  readonly url: string;
  readonly group: string;
  /** Numbers of the group's projects, by path. */
  readonly projectIds: pulumi.Output<Readonly<Record<string, string>>>;
  /**
   * Registers the runner whose jobs run as a pod: of a use case's project, of the platform's, or of the whole group.
   */
  runner(job: Pod, parent: pulumi.Resource): RegisteredRunner;
  /** A token by which a use case's monitor writes issues; secret. Undefined where the GitLab gives none. */
  issueToken(useCase: string, parent: pulumi.Resource): pulumi.Output<string> | undefined;
  /** Registers the environment in a use case's project: variables, address and schedules. */
  registerProject(registration: ProjectRegistration, parent: pulumi.Resource): void;
}

/** The whole reference of one of the platform's images, or of a mirrored one (`components/images.ts`). */
export type Images = (name: ImageName) => string | pulumi.Output<string>;

/** What a target provides to the workloads of one environment: managed parts of Azure, or the team's own cluster. */
export interface Foundation {
  readonly scope: PodScope;
  /** Openings to the API server, where its address is known; else `egressRanges` names it. */
  readonly apiServer: readonly Egress[];
  readonly issuer: WorkloadIssuer;
  readonly database: ClusterDatabase;
  readonly store: ClusterStore;
  readonly secrets: SecretStore;
  readonly images: Images;
  /** Undefined where jobs of no forge are trusted. */
  readonly forge?: ClusterForge;
  /**
   * Client ids of the cloud identities of jobs outside of the cluster, by use case; undefined where no cloud trusts
   * them.
   */
  readonly jobClientIds?: Readonly<Record<string, pulumi.Output<string>>>;
  /** CI variables by which jobs outside of the cluster log in to the cloud. */
  readonly jobVariables?: (useCase: string) => Readonly<Record<string, pulumi.Input<string>>>;
}
