import * as pulumi from "@pulumi/pulumi";
import type {
  EnvironmentParts,
  ForgeIdentity,
  Grant,
  IdentityDocument,
  Target,
} from "../components/contracts";
import { audience, ciPrincipal, platformPathOf, projectPath, workloadPrincipal } from "../components/naming";
import type { EnvironmentSettings, UseCaseSettings } from "../components/settings";
import { guardStateful } from "../components/statefulGuard";

function grantsOf(settings: EnvironmentSettings, group: string | undefined): Grant[] {
  const { environment, tier } = settings;
  return settings.useCases.flatMap(({ name }) => [
    {
      principal: ciPrincipal(projectPath(name, group), environment, "train"),
      workspace: name,
      role: tier === "development" ? "dev-ci" : "train",
    },
    {
      principal: ciPrincipal(platformPathOf(group), environment, "release"),
      workspace: name,
      role: "release",
    },
    { principal: workloadPrincipal(name, environment, "serve"), workspace: name, role: "serve" },
    { principal: workloadPrincipal(name, environment, "monitor"), workspace: name, role: "monitor" },
    {
      principal: workloadPrincipal(name, environment, "train"),
      workspace: name,
      role: tier === "development" ? "dev-ci" : "train",
    },
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

/** The documents that say whom the environment's servers trust, by the audience that each server is. */
function identityOf(
  settings: EnvironmentSettings,
  parts: EnvironmentParts,
  forge: ForgeIdentity | undefined,
) {
  const { environment, tier, useCases } = settings;
  const people = parts.people(forge);
  const ci = forge?.issuer.apply((issuer) => ({ issuer, jwks_uri: `${issuer}/oauth/discovery/keys` }));
  const issuers = pulumi
    .all({ ci, person: people?.keys, workload: parts.workloadTrust() })
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
  guardStateful(settings.tier === "production");
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
    grants: grantsOf(settings, forge?.group),
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
    if (forge)
      parts.tellProject({
        useCase,
        project: forge.projectIds.apply((ids) => ids[projectPath(name, forge.group)] as string),
        plain: variablesOf(settings, useCase, tracking.url),
        secrets: { ECLUSE_DATA_URL: dataUrl },
      });
    const landUrl = store.access(`${name}-land`, "data", "rlcwd");
    const jobClientId = parts.jobClientId?.(name);
    const outputs = { serving: serving.url, dataUrl, landUrl, monitor: schedules[name] };
    return [name, { ...outputs, ...(jobClientId && { jobClientId }) }] as const;
  });
  return {
    environment: settings.environment,
    tier: settings.tier,
    tracking: tracking.url,
    blob: store.endpoint,
    database: pulumi.interpolate`${database.host}:${database.port}`,
    signingKey: pulumi.secret(signing.privateKey),
    useCases: Object.fromEntries(useCases),
  };
}
