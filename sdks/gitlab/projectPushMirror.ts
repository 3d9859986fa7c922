// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectPushMirror. */
export interface ProjectPushMirrorArgs {
  readonly authMethod?: pulumi.Input<string | undefined>;
  readonly enabled?: pulumi.Input<boolean | undefined>;
  readonly hostKeys?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  readonly keepDivergentRefs?: pulumi.Input<boolean | undefined>;
  readonly mirrorBranchRegex?: pulumi.Input<string | undefined>;
  readonly onlyProtectedBranches?: pulumi.Input<boolean | undefined>;
  readonly project: pulumi.Input<string>;
  /** Secret. */
  readonly url: pulumi.Input<string>;
}

/** What may be known of a ProjectPushMirror that exists. */
export interface ProjectPushMirrorState extends Partial<ProjectPushMirrorArgs> {
  readonly mirrorId?: pulumi.Input<number | undefined>;
}

const shape = {
  inputs: [
    "authMethod",
    "enabled",
    "hostKeys",
    "keepDivergentRefs",
    "mirrorBranchRegex",
    "onlyProtectedBranches",
    "project",
    "url",
  ],
  required: ["project", "url"],
  computed: ["mirrorId"],
  secrets: ["url"],
  replaces: [],
};

/** The resource ProjectPushMirror of GitLab. */
export class ProjectPushMirror extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectPushMirror:ProjectPushMirror";
  declare readonly authMethod: pulumi.Output<string>;
  declare readonly enabled: pulumi.Output<boolean>;
  declare readonly hostKeys: pulumi.Output<string[] | undefined>;
  declare readonly keepDivergentRefs: pulumi.Output<boolean>;
  declare readonly mirrorBranchRegex: pulumi.Output<string>;
  declare readonly mirrorId: pulumi.Output<number>;
  declare readonly onlyProtectedBranches: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly url: pulumi.Output<string>;

  constructor(name: string, args: ProjectPushMirrorArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectPushMirror.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectPushMirror that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectPushMirrorState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectPushMirror(name, state as ProjectPushMirrorArgs, { ...opts, id });
  }

  /** Whether this is a ProjectPushMirror, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectPushMirror {
    return Object(obj).__pulumiType === ProjectPushMirror.__pulumiType;
  }
}

registerResource(
  ProjectPushMirror.__pulumiType,
  shape,
  (name, urn) => new ProjectPushMirror(name, {} as ProjectPushMirrorArgs, { urn }),
);
