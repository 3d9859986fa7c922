import * as pulumi from "@pulumi/pulumi";
import type {
  EnvironmentParts,
  EnvironmentSettings,
  ForgeIdentity,
  Grant,
  IdentityDocument,
  Target,
  UseCaseSettings,
} from "../components/contracts";
import { audience, ciPrincipal, platformPath, projectPath, workloadPrincipal } from "../components/naming";

/** What people may do by their group at the forge: scientists work in development and look on elsewhere. */
const groupRoles = (tier: string) => ({
  "ecluse-scientists": tier === "development" ? "scientist" : "auditor",
});

function grantsOf(settings: EnvironmentSettings): Grant[] {
  const { environment, tier } = settings;
  return settings.useCases.flatMap(({ name }) => [
    {
      principal: ciPrincipal(projectPath(name), environment, "train"),
      workspace: name,
      role: tier === "development" ? "dev-ci" : "train",
    },
    { principal: ciPrincipal(platformPath, environment, "release"), workspace: name, role: "release" },
    { principal: workloadPrincipal(name, environment, "serve"), workspace: name, role: "serve" },
    { principal: workloadPrincipal(name, environment, "monitor"), workspace: name, role: "monitor" },
  ]);
}

/** The documents that say whom the environment's servers trust, by the audience that each server is. */
function identityOf(settings: EnvironmentSettings, parts: EnvironmentParts, forge: ForgeIdentity) {
  const { environment, tier, useCases } = settings;
  const workload = parts.workloadTrust();
  const projects = forge.projectIds.apply((ids) => {
    const rows = useCases.map(({ name }) => [projectPath(name), { role: "train", use_case: name }] as const);
    const all = [[platformPath, { role: "release", use_case: "*" }] as const, ...rows];
    return Object.fromEntries(all.map(([path, rest]) => [ids[path] as string, { path, ...rest }]));
  });
  const issuers = pulumi
    .all([forge.issuer, workload.jwks])
    .apply(([issuer, jwks]) => [
      ...["ci", "person"].map((kind) => ({ kind, issuer, jwks_uri: `${issuer}/oauth/discovery/keys` })),
      { kind: "workload", issuer: workload.issuer, jwks },
    ]);
  return (server: "tracking" | "serving"): pulumi.Output<IdentityDocument> =>
    pulumi.all([issuers, projects]).apply(
      ([issuers, projects]): IdentityDocument => ({
        environment,
        tier,
        audience: audience(environment, server),
        issuers,
        projects,
        groups: groupRoles(tier),
      }),
    );
}

function variablesOf(
  settings: EnvironmentSettings,
  useCase: UseCaseSettings,
  trackingUrl: pulumi.Output<string>,
) {
  return {
    ECLUSE_ENVIRONMENT: settings.environment,
    ECLUSE_USE_CASE: useCase.name,
    MLFLOW_TRACKING_URI: trackingUrl,
    MLFLOW_WORKSPACE: useCase.name,
  };
}

/** Composes one environment from the target's parts; its result is the stack's outputs. */
export function environment(settings: EnvironmentSettings, target: Target) {
  const parts = target.environment(settings);
  const forge = parts.forge();
  const [database, store, signing] = [parts.database(), parts.store(), parts.signingKey()];
  const identity = identityOf(settings, parts, forge);
  const workspaces = settings.useCases.map(({ name }) => name);
  const tracking = parts.tracking({
    database,
    store,
    identity: identity("tracking"),
    workspaces,
    grants: grantsOf(settings),
  });
  const schedules = parts.schedules(
    settings.useCases.map((useCase) => ({ useCase, cron: settings.monitorCron, tracking, store, forge })),
  );
  const useCases = settings.useCases.map((useCase) => {
    const { name } = useCase;
    const serving = parts.serving({
      useCase,
      tracking,
      store,
      identity: identity("serving"),
      signingPublicKey: signing.publicKey,
    });
    const dataUrl = store.access(`${name}-train`, "data", "rl");
    const project = forge.projectIds.apply((ids) => ids[projectPath(name)] as string);
    parts.ciVariables({
      useCase,
      project,
      plain: variablesOf(settings, useCase, tracking.url),
      secrets: { ECLUSE_DATA_URL: dataUrl },
    });
    const landUrl = store.access(`${name}-land`, "data", "rlcwd");
    return [name, { serving: serving.url, dataUrl, landUrl, monitor: schedules[name] }] as const;
  });
  return {
    environment: settings.environment,
    tier: settings.tier,
    tracking: tracking.url,
    blob: store.endpoint,
    database: pulumi.interpolate`${database.host}:${database.port}`,
    signingKey: signing.privateKey,
    useCases: Object.fromEntries(useCases),
  };
}
