import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { mainBranch, slugOf } from "./conventions";
import { cleanUp, type ProjectRules, protectProject } from "./protection";
import { hasProtection } from "./tiers";
import { makeHooks, type Webhook } from "./webhooks";

/** Whose jobs reach a project by their token, beside its own. */
export interface Callers {
  /** Numbers of projects. */
  readonly projects?: readonly pulumi.Input<string>[];
  /** Numbers of groups. */
  readonly groups?: readonly pulumi.Input<string>[];
}

/** What a project of a forge is made from. */
export interface ForgeProjectArgs {
  /** Number of the group that contains it. */
  readonly groupId: pulumi.Input<string>;
  /** Full path, with the group's. */
  readonly path: string;
  readonly description: string;
  readonly rules: ProjectRules;
  readonly callers: Callers;
  /** Environments whose drift monitors write issues here; undefined where no monitor does. */
  readonly monitoredIn?: readonly string[];
  readonly webhooks?: readonly Webhook[];
}

/** A project as every one of the group is: private, protected, reached by named callers. */
export class ForgeProject extends pulumi.ComponentResource {
  readonly projectId: pulumi.Output<string>;

  constructor(name: string, args: ForgeProjectArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:gitlab:ForgeProject", name, {}, opts);
    const { path, rules, callers, monitoredIn, webhooks = [] } = args;
    const options = { parent: this };
    const made = new gitlab.Project(name, projectInputs(args), options);
    const project = made.id;
    protectProject(name, { project, path, rules }, options);
    limitJobTokens(name, { project, callers }, options);
    if (monitoredIn) makeLabels(name, { project, environments: monitoredIn }, options);
    makeHooks(name, { project, webhooks }, options);
    this.projectId = project;
    this.registerOutputs({ projectId: this.projectId });
  }
}

/** Only what has passed is merged, and it is the very commit that production trains: no merge commit, no squash. */
const merging = {
  mergeMethod: "ff",
  squashOption: "never",
  onlyAllowMergeIfPipelineSucceeds: true,
  onlyAllowMergeIfAllDiscussionsAreResolved: true,
  allowMergeOnSkippedPipeline: false,
  removeSourceBranchAfterMerge: true,
} as const;

/** Who sees what: members of the project, and nobody by a fork, a page or a request. */
const visibility = {
  visibilityLevel: "private",
  publicJobs: false,
  forkingAccessLevel: "disabled",
  requestAccessEnabled: false,
  containerRegistryAccessLevel: "private",
  pagesAccessLevel: "disabled",
  snippetsAccessLevel: "disabled",
  wikiAccessLevel: "disabled",
} as const;

const pipelines = {
  // Runners of the environments, and the group's, which owners alone make: it builds images.
  sharedRunnersEnabled: false,
  groupRunnersEnabled: true,
  autoDevopsEnabled: false,
  ciDefaultGitDepth: 20,
  // A branch's cache would reach production's jobs.
  ciSeparatedCaches: true,
  // An older commit of main does not overtake a newer one in production. Branches make no deployments
  // (templates/train.yml).
  ciForwardDeploymentEnabled: true,
  ciForwardDeploymentRollbackAllowed: false,
  autoCancelPendingPipelines: "enabled",
  // Schedules and releases hand over variables, and run as maintainers; a developer's would override production's.
  ciPipelineVariablesMinimumOverrideRole: "maintainer",
  ciPushRepositoryForJobTokenAllowed: false,
  protectMergeRequestPipelines: false,
  // With less in `sub`, Azure would trust every branch.
  ciIdTokenSubClaimComponents: ["project_path", "ref_type", "ref"],
};

/** What every project is like; its content is its team's, so Pulumi owns no file of it. */
const projectInputs = ({ groupId, path, description, rules }: ForgeProjectArgs): gitlab.ProjectArgs => ({
  namespaceId: numberOf(groupId),
  name: slugOf(path),
  path: slugOf(path),
  description,
  defaultBranch: mainBranch,
  initializeWithReadme: true,
  archiveOnDestroy: true,
  permanentlyDeleteOnDestroy: false,
  containerExpirationPolicy: cleanUp,
  ...merging,
  ...visibility,
  ...pipelines,
  ...(hasProtection(rules, "protectedEnvironments") && { allowPipelineTriggerApproveDeployment: false }),
  ...(hasProtection(rules, "secretDetection") && { preReceiveSecretDetectionEnabled: true }),
});

const numberOf = (id: pulumi.Input<string>) => pulumi.output(id).apply(Number);

interface JobTokens {
  readonly project: pulumi.Output<string>;
  readonly callers: Callers;
}

/** Lets the jobs of the named projects and groups reach this one, and of no other. */
function limitJobTokens(
  name: string,
  { project, callers }: JobTokens,
  options: pulumi.ResourceOptions,
): void {
  const { projects = [], groups = [] } = callers;
  new gitlab.ProjectJobTokenScopes(
    `${name}-job-tokens`,
    {
      project,
      enabled: true,
      targetProjectIds: projects.map(numberOf),
      targetGroupIds: groups.map(numberOf),
    },
    options,
  );
}

/** The labels that the drift monitor finds and marks its issues by (`python/ecluse_monitor/issues.py`). */
const monitorLabels = [
  {
    label: "ecluse-monitor",
    color: "#d9534f",
    description: "Found by the drift monitor, which keeps it up to date",
  },
  { label: "demonstration", color: "#6699cc", description: "Of made-up traffic; nothing is wrong" },
] as const;

interface Labels {
  readonly project: pulumi.Output<string>;
  readonly environments: readonly string[];
}

/** The labels of a use case's issues: the monitor's, and one for each environment. */
function makeLabels(name: string, { project, environments }: Labels, options: pulumi.ResourceOptions): void {
  const ofEnvironments = environments.map((environment) => ({
    label: environment,
    color: "#428bca",
    description: `Concerns ${environment}`,
  }));
  for (const { label, color, description } of [...monitorLabels, ...ofEnvironments])
    new gitlab.ProjectLabel(`${name}-label-${label}`, { project, name: label, color, description }, options);
}
