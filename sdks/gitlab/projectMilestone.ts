// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectMilestone. */
export interface ProjectMilestoneArgs {
  readonly description?: pulumi.Input<string | undefined>;
  readonly dueDate?: pulumi.Input<string | undefined>;
  readonly project: pulumi.Input<string>;
  readonly startDate?: pulumi.Input<string | undefined>;
  readonly state?: pulumi.Input<string | undefined>;
  readonly title: pulumi.Input<string>;
}

/** What may be known of a ProjectMilestone that exists. */
export interface ProjectMilestoneState extends Partial<ProjectMilestoneArgs> {
  readonly createdAt?: pulumi.Input<string | undefined>;
  readonly expired?: pulumi.Input<boolean | undefined>;
  readonly iid?: pulumi.Input<number | undefined>;
  readonly milestoneId?: pulumi.Input<number | undefined>;
  readonly projectId?: pulumi.Input<number | undefined>;
  readonly updatedAt?: pulumi.Input<string | undefined>;
  readonly webUrl?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: ["description", "dueDate", "project", "startDate", "state", "title"],
  required: ["project", "title"],
  computed: ["createdAt", "expired", "iid", "milestoneId", "projectId", "updatedAt", "webUrl"],
  secrets: [],
  replaces: [],
};

/** The resource ProjectMilestone of GitLab. */
export class ProjectMilestone extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectMilestone:ProjectMilestone";
  declare readonly createdAt: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly dueDate: pulumi.Output<string>;
  declare readonly expired: pulumi.Output<boolean>;
  declare readonly iid: pulumi.Output<number>;
  declare readonly milestoneId: pulumi.Output<number>;
  declare readonly project: pulumi.Output<string>;
  declare readonly projectId: pulumi.Output<number>;
  declare readonly startDate: pulumi.Output<string>;
  declare readonly state: pulumi.Output<string>;
  declare readonly title: pulumi.Output<string>;
  declare readonly updatedAt: pulumi.Output<string>;
  declare readonly webUrl: pulumi.Output<string>;

  constructor(name: string, args: ProjectMilestoneArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectMilestone.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectMilestone that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectMilestoneState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectMilestone(name, state as ProjectMilestoneArgs, { ...opts, id });
  }

  /** Whether this is a ProjectMilestone, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectMilestone {
    return Object(obj).__pulumiType === ProjectMilestone.__pulumiType;
  }
}

registerResource(
  ProjectMilestone.__pulumiType,
  shape,
  (name, urn) => new ProjectMilestone(name, {} as ProjectMilestoneArgs, { urn }),
);
