import type { z } from "zod";
import type { ImageDigest } from "../images";
import type { completeAzure } from "./azure";
import type { TargetName } from "./choices";
import type { cluster, gitlab, kubernetes, people } from "./cluster";
import type { gitlabForge } from "./gitlab";
import type { stackSchemas } from "./stack";
import type { accountability, contract, gates, governance, localUseCase, retired, rollout } from "./useCase";

export * from "./choices";

/** A value that nobody changes any more, all the way down. */
type Settled<T> = T extends readonly unknown[] | object ? { readonly [Key in keyof T]: Settled<T[Key]> } : T;

type Read<T extends z.ZodType> = Settled<z.output<T>>;

/** Who answers for a use case, what it is for, and until when somebody has looked at that. */
export type Accountability = Read<typeof accountability>;

/** What the release asks of a model, on data kept out of its training; the metric says which kind of model it is. */
export type Gates = Read<typeof gates>;

/** How challengers of a use case are rolled out. */
export type Rollout = NonNullable<Read<typeof rollout>>;

/** The columns by which the release judges the models of a use case. */
export type ContractSettings = Read<typeof contract>;

/** One model's project in a stack. */
export type UseCaseSettings = Read<typeof localUseCase> & {
  /** That it ends; undefined on the local target, and while it lives. */
  readonly retired?: Read<typeof retired> | undefined;
};

/** {@link UseCaseSettings} as a program gives them: a key that has a default may be left out. */
export type UseCaseInput = Settled<z.input<typeof localUseCase>> & Pick<UseCaseSettings, "retired">;

/** A use case as a forge knows it, which judges no model. */
export type ProjectSettings = Omit<UseCaseSettings, "contract">;

/** What the settings of every stack have. */
export interface CommonSettings {
  readonly stack: string;
  readonly target: TargetName;
  readonly useCases: readonly ProjectSettings[];
  /** Fixed ports by service (local target); the others are chosen free. */
  readonly ports: Readonly<Record<string, number>>;
}

/** A GitLab that is there, and the group that a forge's stack makes in it. */
export type GitlabForgeSettings = Read<typeof gitlabForge>;

/** When nothing is deployed: from the times of one cron line to those of another. */
export type FreezePeriod = GitlabForgeSettings["freezePeriods"][number];

/** Settings of a stack that makes the forge. */
export interface ForgeSettings extends CommonSettings {
  readonly kind: "forge";
  /** Of the target `gitlab`. */
  readonly gitlab?: GitlabForgeSettings;
}

/** Who answers for an environment, and how its data is classified. */
export type Governance = Read<typeof governance>;

/** The GitLab whose jobs and people an environment trusts, and whose projects it configures. */
export type GitlabSettings = Read<typeof gitlab>;

/** What the workloads on a cluster are given, on Azure and on a team's own. */
export type ClusterSettings = Read<typeof cluster>;

/** Which authorities pods trust in the place of the public ones. */
export type AuthoritySettings = NonNullable<ClusterSettings["authorities"]>;

/** Where pods find the cluster's DNS. */
export type DnsSettings = ClusterSettings["dns"];

/** An OpenID Connect provider of people: GitLab or Entra. */
export type PeopleSettings = Read<typeof people>;

/** A key of a Kubernetes Secret that somebody else keeps. */
export type SecretReference = PeopleSettings["clientSecret"];

/** Settings of an environment on Azure, with what its profile decides. */
export type AzureSettings = Settled<ReturnType<typeof completeAzure>>;

/** Address ranges of an environment, which no other may overlap, or a network that is there already. */
export type AzureNetworkSettings = AzureSettings["network"];

/** Sizes of the cluster's nodes. */
export type AzureNodeSettings = AzureSettings["nodes"];

/** Size of PostgreSQL. */
export type AzureDatabaseSettings = AzureSettings["database"];

/** How the one who runs `pulumi up` reaches the cluster's API, and who that is. */
export type DeployerSettings = AzureSettings["deployer"];

/** Settings of an environment on a cluster that the team has. */
export type KubernetesSettings = Read<typeof kubernetes>;

/** Where blobs are kept on a cluster. */
export type ObjectStoreSettings = KubernetesSettings["objectStore"];

type Hosted = Read<(typeof stackSchemas.environment)["azure"]>;

/** Settings of a stack that makes one environment. */
export interface EnvironmentSettings
  extends CommonSettings,
    Omit<Hosted, keyof CommonSettings | "forge" | "cluster" | "azure"> {
  readonly useCases: readonly UseCaseSettings[];
  /** The forge's stack (local target), GitLab, or undefined for none (`forge: none`). */
  readonly forge?: string | GitlabSettings;
  /** Digests of the platform's images, as its pipeline recorded them; production needs all. */
  readonly imageDigests?: Readonly<Record<string, ImageDigest>>;
  /** Folder with `images/<name>/Dockerfile`, relative to Pulumi.yaml; `cluster.buildImages` builds from it. */
  readonly imageSources?: string;
  /** Of the targets `azure` and `kubernetes`. */
  readonly cluster?: ClusterSettings;
  readonly azure?: AzureSettings;
  readonly kubernetes?: KubernetesSettings;
}

/** {@link EnvironmentSettings} as a program gives them: a key that has a default may be left out. */
export interface EnvironmentInput extends Omit<EnvironmentSettings, keyof Defaulted>, Defaulted {}

type Inputs = z.input<(typeof stackSchemas.environment)["kubernetes"]>;

/** The keys of an environment that have defaults, or whose own keys do. */
type Defaulted = Settled<
  Omit<
    Inputs,
    "kind" | "target" | "environment" | "governance" | "forge" | "useCases" | "cluster" | "kubernetes"
  >
> & {
  readonly useCases: readonly UseCaseInput[];
  readonly cluster?: Settled<Inputs["cluster"]>;
  readonly kubernetes?: Settled<Inputs["kubernetes"]>;
};
