import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ImageName } from "../images";
import type { Container } from "../naming";
import type { ClusterSettings, EnvironmentSettings, UseCaseSettings } from "../settings";

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
  | "train"
  | "release"
  /** Builds images; of nobody's identity. */
  | "build"
  | "runner"
  /** The object store that is deployed here. */
  | "objects"
  /** Makes its buckets, and says who may do what in them. */
  | "objects-admin";

/** A pod's role and place. */
export interface Pod {
  readonly role: PodRole;
  readonly namespace: string;
  /** Of the roles serve, monitor and train. */
  readonly useCase?: string;
  /** What its resources are called in the stack, where role and use case do not tell it from another. */
  readonly resourceName?: string;
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

/** Marks of a ServiceAccount and its pods by which a cloud trusts them; empty where nothing does. */
export interface IdentityMarks {
  readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** PostgreSQL as pods see it. */
export interface ClusterDatabase {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  /**
   * Environment `ECLUSE_TRACKING_DATABASE` and `ECLUSE_AUTH_DATABASE` (URIs without a password, with the role's own user), and
   * what logs in: `PGPASSWORD` by reference, or `ECLUSE_DATABASE_LOGIN=entra`.
   */
  access(pod: Pod): PodAccess;
  /** Statements are ecluse_identity.roles's: its Job's extra environment, or undefined where the roles are made otherwise. */
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
   * Lets a pod's identity use a container, with `rlcwd` as of a SAS (read, list, create, write, delete), and says what the pod
   * needs for it (credentials by reference, egress). Once per pod and container.
   */
  access(pod: Pod, container: Container, permissions: string): PodAccess;
}

/** The forge as an environment's cluster deals with it. */
export interface ClusterForge {
  /** Numbers of the group's projects, by path. */
  readonly projectIds: pulumi.Output<Readonly<Record<string, string>>>;
  /** Registers the runner whose jobs run as a pod: of a use case's project, of the platform's, or of the whole group. Its token is secret. */
  runner(job: Pod): { readonly id: pulumi.Output<string>; readonly token: pulumi.Output<string> };
  /** A token by which a use case's monitor writes issues; secret. Undefined where the forge gives none. */
  issueToken(useCase: string): pulumi.Output<string> | undefined;
  /** Tells a use case's project of this environment: its variables, where it is, and its schedules. */
  tell(
    useCase: UseCaseSettings,
    variables: Readonly<Record<string, pulumi.Input<string>>>,
    url: string,
  ): void;
}

/** What the workloads of one environment stand on: managed parts of Azure, or the team's own cluster. */
export interface Foundation {
  readonly settings: EnvironmentSettings;
  readonly cluster: ClusterSettings;
  /** Provider of the cluster, a parent for what is made in it, and the namespaces (`namespaces.ts`), before which nothing can be. */
  readonly options: {
    readonly provider: k8s.Provider;
    readonly parent?: pulumi.Resource;
    readonly dependsOn?: pulumi.Resource[];
  };
  /** Openings to the API server, where its address is known; else the settings' `egressRanges` name it. */
  readonly apiServer: readonly Egress[];
  /** Issuer entry of the cluster's ServiceAccount tokens for `ECLUSE_IDENTITY`, and what reaching its keys takes. */
  readonly workloadIssuer: pulumi.Output<{
    readonly issuer: string;
    readonly jwks_uri: string;
    readonly ca_file?: string;
    readonly token_file?: string;
  }>;
  /** What a pod needs to fetch the keys of `workloadIssuer`: its `ca_file` and `token_file` (projected), and egress. */
  issuerKeys(pod: Pod): PodAccess;
  /** Client ids of what jobs outside of the cluster log in to the cloud by, by use case; undefined where no cloud trusts them. */
  readonly jobClientIds?: Readonly<Record<string, pulumi.Output<string>>>;
  /** Undefined where jobs of no forge are trusted. */
  readonly forge?: ClusterForge;
  readonly database: ClusterDatabase;
  readonly store: ClusterStore;
  /** Marks for the ServiceAccount and pods of a role. */
  marks(pod: Pod): IdentityMarks;
  /** Keeps values where the target keeps secrets, and says how the pod gets them as environment variables. */
  secrets(pod: Pod, name: string, values: Readonly<Record<string, pulumi.Output<string>>>): PodAccess;
  /** Keeps a token where the target keeps secrets, and gives it to the pod as the file `<folder>/token`, where a renewed one follows. */
  tokenFile(pod: Pod, folder: string, token: pulumi.Output<string>): PodAccess;
  /** A random secret of so many bytes, in hex; the same as long as the stack keeps it. */
  random(name: string, bytes: number): pulumi.Output<string>;
  /** A value that somebody else keeps (`SecretReference`), as one environment variable of the pod. */
  keptSecret(
    pod: Pod,
    variable: string,
    reference: { readonly secret: string; readonly key: string },
  ): PodAccess;
  /** The whole reference of one of the platform's images, or of a mirrored one (`components/images.ts`, `images/digests.yaml`). */
  image(name: ImageName): string | pulumi.Output<string>;
}
