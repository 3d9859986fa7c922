import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { Container, Permission } from "./naming";
import type { EnvironmentSettings, ForgeSettings, UseCaseSettings } from "./settings";

/** What an environment needs to know of the forge: whose tokens to trust, and its projects' ids by path. */
export interface ForgeIdentity {
  /** Issuer (`iss`) of the forge's tokens, and its base URL. */
  readonly issuer: Output<string>;
  /** Full path of the group that holds its projects. */
  readonly group: string;
  readonly projectIds: Output<Readonly<Record<string, string>>>;
}

/**
 * Whose tokens a server takes: an issuer, its keys (one of `jwks` and `jwks_uri`), and the audience where it is not the
 * server's.
 */
export interface IssuerKeys {
  readonly issuer: string;
  readonly jwks?: unknown;
  readonly jwks_uri?: string;
  /** Files of the pod by which it fetches the keys from its own cluster. */
  readonly ca_file?: string;
  readonly token_file?: string;
  readonly audience?: string;
  /** Of workload tokens: whose namespace each is, and which ServiceAccounts of it are known. */
  readonly namespaces?: Readonly<Record<string, WorkloadNamespace>>;
}

/** A namespace of a use case. Where code of branches runs, no pod is a server, whatever its ServiceAccount. */
export interface WorkloadNamespace {
  readonly use_case: string;
  readonly roles: readonly ("serve" | "monitor" | "train")[];
}

/** How people log in, and what they may do by the group that their token names. */
export interface People {
  readonly keys: Output<IssuerKeys>;
  readonly groups: Readonly<Record<string, "scientist" | "auditor">>;
}

/** An environment's own PostgreSQL, with a database for tracking and one for authorization. */
export interface MetadataDatabase {
  readonly host: Output<string>;
  readonly port: Output<number>;
}

/** An environment's own blob store. */
export interface ArtifactStore {
  readonly endpoint: Output<string>;
  /** A URL of one container: one that opens it, and then is secret, or one for a caller whose identity opens it. */
  access(name: string, container: Container, permission: Permission): Output<string>;
}

/** The callers that a server trusts: `ECLUSE_IDENTITY`, as docs/architecture.md has it. */
export type IdentityDocument = Readonly<Record<string, unknown>>;

/** A role in the workspace of one use case, for one machine's MLflow user. */
export interface Grant {
  readonly principal: string;
  readonly workspace: string;
  readonly role: "dev-ci" | "train" | "release" | "serve" | "monitor";
}

/** What the tracking server is made from, beside the database and the store of its environment. */
export interface TrackingArgs {
  readonly identity: Input<IdentityDocument>;
  readonly workspaces: readonly string[];
  readonly grants: readonly Grant[];
}

/** An environment's MLflow tracking server and registry. */
export interface TrackingServer {
  readonly url: Output<string>;
  /** The resource after which it answers. */
  readonly ready: Resource;
}

/** One use case of an environment, and the component that its parts belong to. */
export interface UseCaseScope {
  readonly useCase: UseCaseSettings;
  readonly parent: Resource;
}

/** What a use case's model server is made from. */
export interface ServingArgs extends UseCaseScope {
  readonly tracking: TrackingServer;
  readonly identity: Input<IdentityDocument>;
  /** Public half of the key that signs released models, PEM. */
  readonly signingPublicKey: Input<string>;
  /** What writes the server's token, where the cluster does not: {@link DriftMonitors.tokens}. */
  readonly tokens?: Resource;
}

/** The server of one use case's champion. */
export interface ModelServer {
  readonly url: Output<string>;
}

/** What the drift monitor of a use case is made from. */
export interface MonitorArgs extends UseCaseScope {
  /** Five-field cron in UTC. */
  readonly cron: string;
  readonly tracking: TrackingServer;
  readonly forge: ForgeIdentity | undefined;
}

/** Command and environment to run a monitor by hand; `env` is secret. */
export interface MonitorRun {
  readonly command: Output<readonly string[]>;
  readonly env: Output<Readonly<Record<string, string>>>;
}

/** The drift monitors of an environment, by use case. */
export interface DriftMonitors {
  readonly runs: Readonly<Record<string, MonitorRun>>;
  /** What compacts the log of each, and may erase from it; undefined where a pod does. */
  readonly compactions?: Readonly<Record<string, MonitorRun>>;
  /** What writes the tokens of workloads, where no cluster does. */
  readonly tokens?: Resource;
}

/** What the console of an environment is made from. */
export interface ConsoleArgs {
  readonly tracking: TrackingServer;
  /** Public half of the key that signs released models, PEM. */
  readonly signingPublicKey: Input<string>;
  /** Address of each use case's model server. */
  readonly serving: Readonly<Record<string, Input<string>>>;
}

/** The page that people see an environment by. */
export interface Console {
  readonly url: Output<string>;
}

/** A key pair that signs released models. */
export interface SigningKey {
  readonly privateKey: Output<string>;
  readonly publicKey: Output<string>;
}

/** The CI variables of a use case's jobs in one environment; `secrets` are masked where they hold a key. */
export interface ProjectBinding extends UseCaseScope {
  /** Number of the use case's project at the forge. */
  readonly project: Input<string>;
  readonly plain: Readonly<Record<string, Input<string>>>;
  readonly secrets: Readonly<Record<string, Output<string>>>;
}

/** The parts of one environment, as its target makes them. Each method makes one part, once. */
export interface EnvironmentParts {
  /** Undefined for no forge: then no job is trusted. */
  readonly forge: ForgeIdentity | undefined;
  /** Undefined where no person has access. */
  readonly people: People | undefined;
  readonly database: MetadataDatabase;
  readonly store: ArtifactStore;
  /** Issuer and public keys of the environment's own workload tokens. */
  readonly workloadIssuer: Output<IssuerKeys>;
  signingKey(): SigningKey;
  tracking(args: TrackingArgs): TrackingServer;
  /** All monitors at once: one scheduler may serve every use case. */
  monitors(args: readonly MonitorArgs[]): DriftMonitors;
  serving(args: ServingArgs): ModelServer;
  /** The page for people; undefined where there is none yet. */
  console?(args: ConsoleArgs): Console;
  /** The full training of a use case, for what is too large for a job; undefined where the forge runs it. */
  training?(scope: UseCaseScope): void;
  /** What lands the rows of a use case; undefined where people land them from outside. */
  landing?(scope: UseCaseScope): void;
  /** Runs the jobs of a use case; undefined where the forge runs them. */
  jobs?(scope: UseCaseScope): void;
  /** Runs the release jobs, which alone hold the private key; undefined where the forge runs them. */
  releases?(key: SigningKey): void;
  /** Runs the jobs that build images; undefined where the forge runs them. */
  imageBuilds?(): void;
  /** The login of people in front of the tracking server, where that needs a part of its own. */
  login?(): void;
  /** Alerts on the environment's workloads. */
  alerts?(): void;
  /** Registers this environment in a use case's project at the forge: its variables, its address, its schedules. */
  registerProject(args: ProjectBinding): void;
  /** The cloud identity of a use case's jobs outside of the cluster; undefined where no cloud trusts them. */
  jobClientId?(useCase: string): Output<string> | undefined;
}

/** The forge as a stack makes it. */
export interface ForgeParts {
  project(path: string, useCase: string): { readonly id: Output<string> };
  /** Base URL of the forge; also the issuer of its tokens. */
  readonly url: Output<string>;
  /** Further outputs of the stack on this target; secrets are marked. */
  readonly outputs?: Readonly<Record<string, Input<unknown>>>;
}

/** What a target makes a forge from. */
export interface ForgeRequest {
  readonly settings: ForgeSettings;
  /** Names of the environments that it serves. */
  readonly environments: readonly string[];
}

/** Where environments and forges are made: `Environment` and `Forge` compose the parts and know no target. */
export interface Target {
  /** All parts are children of `parent`; the name of each begins with the environment's. */
  environment(settings: EnvironmentSettings, parent: Resource): EnvironmentParts;
  /** Undefined where nothing but environments is made. The name of each part begins with `name`, the forge's own. */
  forge?(name: string, request: ForgeRequest, parent: Resource): ForgeParts;
}
