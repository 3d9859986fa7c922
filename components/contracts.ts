import type { Input, Output } from "@pulumi/pulumi";
import type { Container } from "./naming";

/** Where an environment runs. */
export type TargetName = "azure" | "kubernetes" | "local";

/** What an environment is for; production trusts protected refs only. */
export type Tier = "development" | "integration" | "staging" | "production";

/** One model's project in a stack. */
export interface UseCaseSettings {
  readonly name: string;
  /** Customers of the synthetic population; not used where `source` is given. */
  readonly rows: number;
  /** The user's own CSV or Parquet file, relative to the checkout. */
  readonly source?: string;
  readonly gates: Gates;
}

/** What the release asks of a model, on data kept out of its training. */
export interface Gates {
  /** Lowest ROC AUC. */
  readonly floor: number;
  /** How much ROC AUC a first champion must have over a simple baseline. */
  readonly baselineMargin: number;
  /** How much ROC AUC a challenger may lie under the champion, by its confidence bound. */
  readonly nonInferiorityMargin: number;
  /** Highest Brier score, for calibration. */
  readonly maxBrier: number;
}

/** What the settings of every stack have. */
export interface CommonSettings {
  readonly stack: string;
  readonly target: TargetName;
  readonly useCases: readonly UseCaseSettings[];
  /** Fixed ports by service; the others are chosen free. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Settings of a stack that makes the forge. */
export interface ForgeSettings extends CommonSettings {
  readonly kind: "forge";
}

/** Settings of a stack that makes one environment. */
export interface EnvironmentSettings extends CommonSettings {
  readonly kind: "environment";
  readonly environment: string;
  readonly tier: Tier;
  readonly profile: "frugal" | "standard" | "full";
  /** The forge's stack (local target), or undefined for no forge. */
  readonly forge?: string;
  /** When the monitor checks the day before, five-field cron in UTC. */
  readonly monitorCron: string;
}

/** What an environment needs to know of the forge: whose tokens to trust, and its projects' ids by path. */
export interface ForgeIdentity {
  /** Issuer (`iss`) of the forge's tokens, and its base URL. */
  readonly issuer: Output<string>;
  readonly projectIds: Output<Readonly<Record<string, string>>>;
}

/** An environment's own PostgreSQL, with a database for tracking and one for authorization. */
export interface MetadataDatabase {
  readonly host: Output<string>;
  readonly port: Output<number>;
}

/** An environment's own blob store. */
export interface ArtifactStore {
  readonly endpoint: Output<string>;
  /** A URL that opens one container with the given SAS permissions (`rlcwd`); secret. */
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
  readonly forge: ForgeIdentity;
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

/** CI variables that a use case's jobs in one environment get; those of `secrets` are masked, and protected in production. */
export interface CiVariablesArgs {
  readonly useCase: UseCaseSettings;
  readonly project: Input<string>;
  readonly plain: Readonly<Record<string, Input<string>>>;
  readonly secrets: Readonly<Record<string, Output<string>>>;
}

/** The parts of one environment, each made once, in the order that their arguments give. */
export interface EnvironmentParts {
  forge(): ForgeIdentity;
  database(): MetadataDatabase;
  store(): ArtifactStore;
  signingKey(): SigningKey;
  /** Issuer and public keys of the environment's own workload tokens. */
  workloadTrust(): { readonly issuer: string; readonly jwks: Output<unknown> };
  tracking(args: TrackingArgs): TrackingServer;
  serving(args: ServingArgs): ModelServer;
  /** All schedules of the environment at once: one scheduler serves every use case. */
  schedules(args: readonly ScheduleArgs[]): Readonly<Record<string, Schedule>>;
  ciVariables(args: CiVariablesArgs): void;
}

/** The forge as a stack makes it. */
export interface ForgeParts {
  project(path: string, useCase: string): { readonly id: Output<string> };
  /** Base URL of the forge; also the issuer of its tokens. */
  url(): Output<string>;
}

/** Where environments and forges are made; `stacks/` composes the parts and knows no target. */
export interface Target {
  environment(settings: EnvironmentSettings): EnvironmentParts;
  forge(settings: ForgeSettings): ForgeParts;
}
