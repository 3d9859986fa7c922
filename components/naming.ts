/** The forge's group that holds every project, where settings name no other. */
export const defaultGroup = "ecluse";

/** Path of a use case's project at the forge. */
export const projectPath = (useCase: string, group = defaultGroup) => `${group}/${useCase}`;

/** The group of an environment's GitLab; undefined on the local forge or without one. */
export const groupOf = (forge: string | { readonly group: string } | undefined) =>
  typeof forge === "object" ? forge.group : undefined;

/** A variable's name as part of a resource's: `ECLUSE_USE_CASE`, `ecluse-use-case`. */
export const resourceNameOf = (variable: string) => variable.toLowerCase().replaceAll("_", "-");

/** Path of the platform's own project at the forge: its jobs alone may release. */
export const platformPathOf = (group?: string) => projectPath("platform", group);

/** {@link platformPathOf} the local forge. */
export const platformPath = platformPathOf();

/** What an environment's server calls itself in a token's `aud`. */
export const audience = (environment: string, server: "tracking" | "serving" | "console") =>
  `ecluse-${environment}-${server}`;

/** The group of whoever may use this machine's platform; an environment's tier says what its members may do there. */
export const peopleGroup = "ecluse-scientists";

/** The login that the laptop's made-up traffic comes under. */
export const demonstrator = "demonstration";

/** The audience of the forge's own API. */
export const forgeAudience = "ecluse-forge";

/** The issuer of an environment's workload tokens. */
export const workloadIssuer = (environment: string) => `https://${environment}.ecluse.local`;

/** The subject of a workload's token, as of a ServiceAccount. */
export const workloadSubject = (useCase: string, workload: "serve" | "monitor") =>
  `system:serviceaccount:${useCase}:${workload}`;

/** The MLflow user of a CI job. */
export const ciPrincipal = (project: string, environment: string, role: "train" | "release") =>
  `ci:${project}:${environment}:${role}`;

/** The MLflow user of a workload. */
export const workloadPrincipal = (
  useCase: string,
  environment: string,
  workload: "serve" | "monitor" | "train",
) => `workload:${useCase}:${environment}:${workload}`;

/** Namespaces of an environment on a cluster; two environments may share one. */
export const namespaces = (environment: string) => ({
  /** Tracking server, its Jobs, and the proxy of people. */
  platform: `${environment}-platform`,
  /** PostgreSQL and the object store, where the cluster holds them. */
  data: `${environment}-data`,
  /** The platform project's runner: its jobs alone may release. */
  release: `${environment}-release`,
  /** The runner that builds images, and its jobs. */
  build: `${environment}-build`,
  /** Model server and monitor of a use case. */
  useCase: (name: string) => `${environment}-${name}`,
  /** Runner, jobs and training of a use case: code of branches runs there. */
  ci: (name: string) => `${environment}-${name}-ci`,
});

/** Blob containers of each environment. Trainings read `data`; `holdout` is for the release alone. */
export const containers = ["artifacts", "data", "holdout", "inference", "reports"] as const;

/** One of {@link containers}. */
export type Container = (typeof containers)[number];

/**
 * What one may do in a container: `read` is to list and to read, `write` to make and to replace, `delete` to remove.
 * Each target says it in its store's own way: a signature, a role, a bucket policy.
 */
export const permissions = ["read", "write", "read-write", "read-write-delete"] as const;

/** One of {@link permissions}. */
export type Permission = (typeof permissions)[number];

/**
 * What has a name already, which a use case beside it could not have: the one list for settings, `ecluse new` and the
 * namespaces above.
 */
const taken: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    "badges blame blob builds commits create edit files new preview raw refs tree update wikis"
      .split(" ")
      .map((name) => [name, "part of GitLab's own addresses"]),
  ),
  ...Object.fromEntries(
    ["platform", "data", "release", "build"].map((name) => [
      name,
      "a namespace and a project of the platform",
    ]),
  ),
  ...Object.fromEntries(
    ["forge", "database", "blob", "tracking", "console"].map((name) => [name, "a service of the platform"]),
  ),
  default: "MLflow's own workspace",
  ecluse: "the Python package of every use case",
  ...Object.fromEntries(
    ["src", "tests", "model-tests", "notebooks", "ci"].map((name) => [name, "a folder of every use case"]),
  ),
};

/**
 * Why `name` cannot name an environment or a use case, or undefined when it can: a DNS label, as namespaces and hosts
 * need.
 */
export function checkName(name: string): string | undefined {
  if (/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) return undefined;
  return "use 1 to 40 of a-z, 0-9 and -, beginning with a letter and not ending with -";
}

/** Why `name` cannot name a use case: its form, or what has that name already; undefined when it can. */
export function checkUseCaseName(name: string): string | undefined {
  const reserved = Object.hasOwn(taken, name) ? taken[name] : undefined;
  return checkName(name) ?? (reserved && `is reserved, as ${reserved}: choose another, such as churn-risk`);
}

/** Why `name` cannot name an environment: its form, or that the forge has it; undefined when it can. */
export function checkEnvironmentName(name: string): string | undefined {
  return checkName(name) ?? (name === "forge" ? "is the forge's own name: choose another" : undefined);
}
