import type { Input, Output } from "@pulumi/pulumi";
import type { Container } from "./naming";
import type { EnvironmentSettings, ForgeSettings, UseCaseSettings } from "./settings";

/** What an environment needs to know of the forge: whose tokens to trust, and its projects' ids by path. */
export interface ForgeIdentity {
  /** Issuer (`iss`) of the forge's tokens, and its base URL. */
  readonly issuer: Output<string>;
  /** Full path of the group that holds its projects. */
  readonly group: string;
  readonly projectIds: Output<Readonly<Record<string, string>>>;
}

/** Whose tokens a server takes: an issuer, its keys (one of `jwks` and `jwks_uri`), and the audience where it is not the server's. */
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
  /** A URL of one container: with a SAS of the given permissions (`rlcwd`), and then secret, or for a caller whose identity opens it. */
  access(name: string, container: Container, permissions: string): Output<string>;
}

/** Whom a server trusts: `ECLUSE_IDENTITY`, as docs/architecture.md has it. */
export type IdentityDocument = Readonly<Record<string, unknown>>;

/** A role in the workspace of one use case, for one machine's MLflow user. */
export interface Grant {
  readonly principal: string;
  readonly workspace: string;
  readonly role: "dev-ci" | "train" | "release" | "serve" | "monitor";
}

/** What the tracking server is made from. */
export interface TrackingArgs {
  readonly database: MetadataDatabase;
  readonly store: ArtifactStore;
  readonly identity: Input<IdentityDocument>;
  readonly workspaces: readonly string[];
  readonly grants: readonly Grant[];
}

/** An environment's MLflow tracking server and registry. */
export interface TrackingServer {
  readonly url: Output<string>;
}

/** What a use case's model server is made from. */
export interface ServingArgs {
  readonly useCase: UseCaseSettings;
  readonly tracking: TrackingServer;
  readonly store: ArtifactStore;
  readonly identity: Input<IdentityDocument>;
  /** Public half of the key that signs released models, PEM. */
  readonly signingPublicKey: Input<string>;
}

/** The server of one use case's champion. */
export interface ModelServer {
  readonly url: Output<string>;
}

/** What runs the monitor of a use case at set times. */
export interface ScheduleArgs {
  readonly useCase: UseCaseSettings;
  readonly cron: string;
  readonly tracking: TrackingServer;
  readonly store: ArtifactStore;
  readonly forge: ForgeIdentity | undefined;
}

/** The monitor as the schedule runs it, for those who run it once more by hand; the environment is secret. */
export interface Schedule {
  readonly command: Output<readonly string[]>;
  readonly env: Output<Readonly<Record<string, string>>>;
}

/** A key pair that signs released models. */
export interface SigningKey {
  readonly privateKey: Output<string>;
  readonly publicKey: Output<string>;
}

/** What a use case's project is told of one environment: the CI variables of its jobs there; those of `secrets` are masked, and protected in production. */
export interface ProjectTold {
  readonly useCase: UseCaseSettings;
  readonly project: Input<string>;
  readonly plain: Readonly<Record<string, Input<string>>>;
  readonly secrets: Readonly<Record<string, Output<string>>>;
}

/** The parts of one environment, each made once, in the order that their arguments give. */
export interface EnvironmentParts {
  /** Undefined for no forge: then no job is trusted. */
  forge(): ForgeIdentity | undefined;
  /** Undefined where no person has access. */
  people(forge: ForgeIdentity | undefined): People | undefined;
  database(): MetadataDatabase;
  store(): ArtifactStore;
  signingKey(): SigningKey;
  /** Issuer and public keys of the environment's own workload tokens. */
  workloadTrust(): Output<IssuerKeys>;
  tracking(args: TrackingArgs): TrackingServer;
  serving(args: ServingArgs): ModelServer;
  /** All schedules of the environment at once: one scheduler serves every use case. */
  schedules(args: readonly ScheduleArgs[]): Readonly<Record<string, Schedule>>;
  /** Tells a use case's project at the forge of this environment; at GitLab also that it is there, and when its pipelines start by themselves. */
  tellProject(args: ProjectTold): void;
  /** What a use case's jobs outside of the environment's cluster log in to the cloud by; undefined where no cloud trusts them. */
  jobClientId?(useCase: string): Output<string> | undefined;
}

/** The forge as a stack makes it. */
export interface ForgeParts {
  project(path: string, useCase: string): { readonly id: Output<string> };
  /** Base URL of the forge; also the issuer of its tokens. */
  url(): Output<string>;
  /** What more the stack gives out of this target; secrets are marked. */
  readonly outputs?: Readonly<Record<string, Input<unknown>>>;
}

/** Where environments and forges are made; `stacks/` composes the parts and knows no target. */
export interface Target {
  environment(settings: EnvironmentSettings): EnvironmentParts;
  /** Undefined where nothing but environments is made; `environments` are those that the forge serves. */
  forge?(settings: ForgeSettings, environments: readonly string[]): ForgeParts;
}
