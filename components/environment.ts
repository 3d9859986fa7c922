import * as pulumi from "@pulumi/pulumi";
import type {
  DriftMonitors,
  EnvironmentParts,
  ForgeIdentity,
  Grant,
  IdentityDocument,
  SigningKey,
  Target,
  TrackingServer,
  UseCaseScope,
} from "./contracts";
import { InputError } from "./errors";
import { audience, ciPrincipal, platformPathOf, projectPath, workloadPrincipal } from "./naming";
import { trainingVariables } from "./processes/training";
import type { EnvironmentInput, EnvironmentSettings, UseCaseSettings } from "./settings";
import { completeSettings } from "./settings/complete";
import { guard } from "./statefulGuard";

/** What an environment is made from. */
export interface EnvironmentArgs {
  /** A key that has a default may be left out. */
  readonly settings: EnvironmentInput;
  /** Makes its parts: `kubernetes`, `azure` or `local`. */
  readonly target: Target;
}

/** What a use case has in an environment. */
export interface UseCaseOutputs {
  /** Address of the model server. */
  readonly serving: pulumi.Output<string>;
  /** URL of the training data, for jobs; secret where it holds a key. */
  readonly dataUrl: pulumi.Output<string>;
  /** URL of what is held out of training, for the release; secret where it holds a key. */
  readonly holdoutUrl: pulumi.Output<string>;
  /** URLs to land both at, for people; secret where they hold a key. */
  readonly landUrl: pulumi.Output<string>;
  readonly landHoldoutUrl: pulumi.Output<string>;
  readonly monitor: DriftMonitors["runs"][string] | undefined;
  readonly compaction?: DriftMonitors["runs"][string];
  readonly jobClientId?: pulumi.Output<string>;
}

/** The parts of one use case in an environment. */
class UseCase extends pulumi.ComponentResource {
  constructor(name: string, parent: pulumi.Resource, protect: boolean) {
    super("ecluse:index:UseCase", name, {}, { parent, protect, transformations: [protectsItselfAlone] });
    this.registerOutputs({});
  }
}

/** Parts of a use case inherit no protection: a new version replaces Jobs. */
function protectsItselfAlone({ resource, props, opts }: pulumi.ResourceTransformationArgs) {
  if (resource instanceof UseCase || opts.protect !== undefined) return undefined;
  return { props, opts: { ...opts, protect: false } };
}

/** Production of a team refuses to lose a use case that nobody has decommissioned. */
const isKept = ({ tier, target }: EnvironmentSettings, { retired }: UseCaseSettings): boolean =>
  tier === "production" && target !== "local" && retired === undefined;

/** An isolated environment: tracking server, database, blob store, and the parts of each use case. */
export class Environment extends pulumi.ComponentResource {
  readonly tracking: pulumi.Output<string>;
  readonly blob: pulumi.Output<string>;
  /** `host:port` of PostgreSQL. */
  readonly database: pulumi.Output<string>;
  /** Private half of the key that signs released models, PEM; secret. */
  readonly signingKey: pulumi.Output<string>;
  readonly useCases: Readonly<Record<string, UseCaseOutputs>>;
  /** Address of the page for people; undefined where the target has none. */
  readonly console: pulumi.Output<string> | undefined;

  /** @throws InputError where the settings name another environment; SettingsError for a value out of bounds. */
  constructor(name: string, args: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = completeSettings(args.settings);
    checkName(name, settings);
    super("ecluse:index:Environment", name, {}, guarded(settings, opts));
    const { target } = args;
    const scopes = settings.useCases.map((useCase) => ({
      useCase,
      parent: new UseCase(`${name}-${useCase.name}`, this, isKept(settings, useCase)),
    }));
    const parts = target.environment(settings, this);
    const identity = identityOf(settings, parts);
    const signing = parts.signingKey();
    parts.releases?.(signing);
    parts.imageBuilds?.();
    parts.alerts?.();
    const tracking = parts.tracking({
      identity: identity("tracking"),
      workspaces: settings.useCases.map((useCase) => useCase.name),
      grants: grantsOf(settings, parts.forge?.group),
    });
    parts.login?.();
    const cron = settings.monitorCron;
    const monitors = parts.monitors(
      scopes.map((scope) => ({ ...scope, cron, tracking, forge: parts.forge })),
    );
    const made = { parts, tracking, monitors, signing, identity: identity("serving") };
    const useCases = scopes.map(
      (scope) => [scope.useCase.name, useCaseParts(settings, scope, made)] as const,
    );
    this.tracking = tracking.url;
    this.blob = parts.store.endpoint;
    this.database = pulumi.interpolate`${parts.database.host}:${parts.database.port}`;
    this.signingKey = pulumi.secret(signing.privateKey);
    this.useCases = Object.fromEntries(useCases);
    this.console = consoleOf(made, this.useCases)?.url;
    this.registerOutputs({
      tracking: this.tracking,
      blob: this.blob,
      database: this.database,
      console: this.console,
    });
  }
}

/** Its parts, namespaces and principals are named by the settings, and its resource by the program. */
function checkName(name: string, { environment }: EnvironmentSettings): void {
  if (name !== environment)
    throw new InputError("settings.environment", environment, `set it to ${name}, the component's own name`);
}

/** In production every stateful resource below is checked before it is registered. */
function guarded({ tier }: EnvironmentSettings, opts: pulumi.ComponentResourceOptions = {}) {
  if (tier !== "production") return opts;
  return { ...opts, transformations: [...(opts.transformations ?? []), guard] };
}

interface Made {
  readonly parts: EnvironmentParts;
  readonly tracking: TrackingServer;
  readonly monitors: DriftMonitors;
  readonly signing: SigningKey;
  readonly identity: pulumi.Output<IdentityDocument>;
}

/** The page for people, which asks every other part. */
const consoleOf = ({ parts, tracking, signing }: Made, useCases: Readonly<Record<string, UseCaseOutputs>>) =>
  parts.console?.({
    tracking,
    signingPublicKey: signing.publicKey,
    serving: Object.fromEntries(Object.entries(useCases).map(([name, { serving }]) => [name, serving])),
  });

/** Model server, training, jobs and project of one use case. */
function useCaseParts(settings: EnvironmentSettings, scope: UseCaseScope, made: Made): UseCaseOutputs {
  const { parts, tracking, monitors, signing, identity } = made;
  const { name } = scope.useCase;
  const { tokens } = monitors;
  parts.landing?.(scope);
  parts.training?.(scope);
  parts.jobs?.(scope);
  const signingPublicKey = signing.publicKey;
  const serving = parts.serving({
    ...scope,
    tracking,
    identity,
    signingPublicKey,
    ...(tokens && { tokens }),
  });
  const dataUrl = parts.store.access(`${name}-train`, "data", "read");
  registerProject(settings, scope, made, dataUrl);
  const landed = {
    dataUrl,
    holdoutUrl: parts.store.access(`${name}-judge`, "holdout", "read"),
    landUrl: parts.store.access(`${name}-land`, "data", "read-write-delete"),
    landHoldoutUrl: parts.store.access(`${name}-land-holdout`, "holdout", "read-write-delete"),
  };
  const jobClientId = parts.jobClientId?.(name);
  const compaction = monitors.compactions?.[name];
  const outputs = { ...landed, serving: serving.url, monitor: monitors.runs[name] };
  return { ...outputs, ...(compaction && { compaction }), ...(jobClientId && { jobClientId }) };
}

function registerProject(
  settings: EnvironmentSettings,
  scope: UseCaseScope,
  { parts, tracking }: Made,
  dataUrl: pulumi.Output<string>,
): void {
  const { forge } = parts;
  if (!forge) return;
  const { name } = scope.useCase;
  const path = projectPath(name, forge.group);
  const process = { environment: settings.environment, useCase: name, trackingUrl: tracking.url, dataUrl };
  const { ECLUSE_DATA_URL, ...plain } = trainingVariables(process);
  parts.registerProject({
    ...scope,
    project: forge.projectIds.apply((ids) => ids[path] as string),
    plain,
    secrets: { ECLUSE_DATA_URL },
  });
}

function grantsOf(settings: EnvironmentSettings, group: string | undefined): Grant[] {
  const { environment, tier } = settings;
  const training = tier === "development" ? ("dev-ci" as const) : ("train" as const);
  return settings.useCases.flatMap(({ name }): Grant[] => [
    {
      principal: ciPrincipal(projectPath(name, group), environment, "train"),
      workspace: name,
      role: training,
    },
    {
      principal: ciPrincipal(platformPathOf(group), environment, "release"),
      workspace: name,
      role: "release",
    },
    { principal: workloadPrincipal(name, environment, "serve"), workspace: name, role: "serve" },
    { principal: workloadPrincipal(name, environment, "monitor"), workspace: name, role: "monitor" },
    { principal: workloadPrincipal(name, environment, "train"), workspace: name, role: training },
  ]);
}

/** The projects of the forge whose jobs are trusted, by id. */
function projectsOf(useCases: readonly UseCaseSettings[], forge: ForgeIdentity | undefined) {
  if (!forge) return pulumi.output({});
  const { group } = forge;
  const rows = useCases.map(
    ({ name }) => [projectPath(name, group), { role: "train", use_case: name }] as const,
  );
  const all = [[platformPathOf(group), { role: "release", use_case: "*" }] as const, ...rows];
  return forge.projectIds.apply((ids) =>
    Object.fromEntries(all.map(([path, rest]) => [ids[path] as string, { path, ...rest }])),
  );
}

/** The identity documents of the environment's servers, by the audience of each server. */
function identityOf(settings: EnvironmentSettings, { forge, people, workloadIssuer }: EnvironmentParts) {
  const { environment, tier, useCases } = settings;
  const ci = forge?.issuer.apply((issuer) => ({ issuer, jwks_uri: `${issuer}/oauth/discovery/keys` }));
  const issuers = pulumi
    .all({ ci, person: people?.keys, workload: workloadIssuer })
    .apply((keys) => Object.entries(keys).flatMap(([kind, rest]) => (rest ? [{ kind, ...rest }] : [])));
  return (server: "tracking" | "serving"): pulumi.Output<IdentityDocument> =>
    pulumi.all([issuers, projectsOf(useCases, forge)]).apply(
      ([issuers, projects]): IdentityDocument => ({
        environment,
        tier,
        audience: audience(environment, server),
        issuers,
        projects,
        groups: people?.groups ?? {},
      }),
    );
}
