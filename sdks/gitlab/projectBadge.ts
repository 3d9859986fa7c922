// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectBadge. */
export interface ProjectBadgeArgs {
  readonly imageUrl: pulumi.Input<string>;
  readonly linkUrl: pulumi.Input<string>;
  readonly name?: pulumi.Input<string | undefined>;
  readonly project: pulumi.Input<string>;
}

/** What may be known of a ProjectBadge that exists. */
export interface ProjectBadgeState extends Partial<ProjectBadgeArgs> {
  readonly renderedImageUrl?: pulumi.Input<string | undefined>;
  readonly renderedLinkUrl?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: ["imageUrl", "linkUrl", "name", "project"],
  required: ["imageUrl", "linkUrl", "project"],
  computed: ["renderedImageUrl", "renderedLinkUrl"],
  secrets: [],
  replaces: [],
};

/** The resource ProjectBadge of GitLab. */
export class ProjectBadge extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectBadge:ProjectBadge";
  declare readonly imageUrl: pulumi.Output<string>;
  declare readonly linkUrl: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly renderedImageUrl: pulumi.Output<string>;
  declare readonly renderedLinkUrl: pulumi.Output<string>;

  constructor(name: string, args: ProjectBadgeArgs, opts?: pulumi.CustomResourceOptions) {
    super(ProjectBadge.__pulumiType, name, resourceInputs(shape, args, opts), resourceOptions(shape, opts));
  }

  /** A ProjectBadge that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectBadgeState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectBadge(name, state as ProjectBadgeArgs, { ...opts, id });
  }

  /** Whether this is a ProjectBadge, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectBadge {
    return Object(obj).__pulumiType === ProjectBadge.__pulumiType;
  }
}

registerResource(
  ProjectBadge.__pulumiType,
  shape,
  (name, urn) => new ProjectBadge(name, {} as ProjectBadgeArgs, { urn }),
);
