import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterForge, Pod, ProjectRegistration, RegisteredRunner } from "../kubernetes/foundation";
import { platformPathOf, projectPath } from "../naming";
import type { EnvironmentSettings, GitlabSettings } from "../settings";
import { rotation, runnerTags, schedulesOf } from "./conventions";
import { ProjectEnvironment, type ProjectEnvironmentArgs } from "./projectEnvironment";
import { gitlabProvider } from "./provider";
import { hasProtection } from "./tiers";
import { warnOfLacks } from "./warnings";

/** What an environment registers at its GitLab. */
type RegisteredEnvironment = Pick<
  EnvironmentSettings,
  "stack" | "environment" | "tier" | "monitorCron" | "monitorRetrains" | "retrainCron" | "useCases"
>;

/** What differs between the projects that an environment is registered in. */
type OfProject = Pick<ProjectEnvironmentArgs, "project" | "variables" | "schedules" | "rollouts" | "url">;

/** The GitLab of an environment on a cluster; undefined where its settings name none. */
export function gitlabForge(
  { forge, ...settings }: EnvironmentSettings,
  parent: pulumi.Resource,
): ClusterForge | undefined {
  return typeof forge === "object" ? new EnvironmentGitlab(forge, settings, parent) : undefined;
}

/** One GitLab, as an environment registers itself there. Its token is the environment's `GITLAB_TOKEN`. */
class EnvironmentGitlab implements ClusterForge {
  readonly url: string;
  readonly group: string;
  readonly projectIds: ClusterForge["projectIds"];
  private readonly provider: gitlab.Provider;

  constructor(
    private readonly gitlab: GitlabSettings,
    private readonly settings: RegisteredEnvironment,
    parent: pulumi.Resource,
  ) {
    const { environment, tier, useCases } = settings;
    warnOfLacks(gitlab, tier === "production" ? ["protectedEnvironments", "projectTokens"] : []);
    this.url = gitlab.url;
    this.group = gitlab.group;
    this.provider = gitlabProvider(`${environment}-gitlab`, gitlab.url, { parent });
    const paths = [this.platformPath, ...useCases.map(({ name }) => this.path(name))];
    this.projectIds = pulumi.all(Object.fromEntries(paths.map((path) => [path, this.projectId(path)])));
    // Releases are made in the platform's project.
    const rollouts = useCases.flatMap(({ name, rollout }) => (rollout ? [name] : []));
    this.register("platform", { project: this.platformPath, variables: {}, schedules: {}, rollouts }, parent);
  }

  runner(job: Pod, parent: pulumi.Resource): RegisteredRunner {
    const production = this.settings.tier === "production";
    const { id, token } = new gitlab.UserRunner(
      `${job.name}-runner`,
      {
        ...this.runnerScope(job),
        description: `${job.role} in ${this.settings.environment}, made by Pulumi`,
        untagged: false,
        locked: true,
        paused: false,
        // Where it could reach production, release or build: jobs of protected branches alone.
        accessLevel: production || job.role !== "train" ? "ref_protected" : "not_protected",
        maximumTimeout: longestJob,
      },
      { provider: this.provider, parent },
    );
    return { id, token };
  }

  /** GitLab has no narrower scope for issues than `api`, so the token's level is the lowest that writes them. */
  issueToken(useCase: string, parent: pulumi.Resource): pulumi.Output<string> | undefined {
    const { environment } = this.settings;
    if (!hasProtection(this.gitlab, "projectTokens")) return undefined;
    return new gitlab.ProjectAccessToken(
      `${environment}-${useCase}-monitor-token`,
      {
        project: this.path(useCase),
        name: `ecluse-monitor-${environment}`,
        description: `Issues of the drift monitor of ${environment}`,
        scopes: ["api"],
        accessLevel: "reporter",
        rotationConfiguration: rotation(this.gitlab.tokenDays),
      },
      { provider: this.provider, parent },
    ).token;
  }

  registerProject({ useCase, variables, url }: ProjectRegistration, parent: pulumi.Resource): void {
    const { tier } = this.settings;
    const schedules = tier === "production" ? schedulesOf(this.settings) : {};
    this.register(useCase.name, { project: this.path(useCase.name), variables, schedules, url }, parent);
  }

  private register(role: string, args: OfProject, parent: pulumi.Resource): void {
    const { environment, tier, stack } = this.settings;
    new ProjectEnvironment(
      `${environment}-${role}-project`,
      { environment, tier, stack, gitlab: this.gitlab, ...args },
      { parent, providers: [this.provider] },
    );
  }

  /** Whose jobs a runner takes, and by which tag they ask for it. Images are built for the whole group. */
  private runnerScope({ role, useCase }: Pod) {
    const { environment } = this.settings;
    if (role === "build")
      return {
        runnerType: "group_type",
        groupId: gitlab.getGroupOutput({ fullPath: this.group }, { provider: this.provider }).groupId,
        tagLists: [runnerTags.build],
      };
    return {
      runnerType: "project_type",
      projectId: this.projectId(useCase ? this.path(useCase) : this.platformPath).apply(Number),
      tagLists: [useCase ? runnerTags.jobs(environment) : runnerTags.release(environment)],
    };
  }

  /** A number in the settings was reviewed: a project that is created again under an old path is not trusted by it. */
  private projectId(path: string): pulumi.Output<string> {
    const pinned = this.gitlab.projectIds[path];
    if (pinned !== undefined) return pulumi.output(pinned);
    return gitlab.getProjectOutput({ pathWithNamespace: path }, { provider: this.provider }).id;
  }

  private path(useCase: string): string {
    return projectPath(useCase, this.group);
  }

  private get platformPath(): string {
    return platformPathOf(this.group);
  }
}

/** The longest that a job may take, in seconds; what takes longer is the training template's. */
const longestJob = 4 * 60 * 60;
