// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectPullMirror. */
export interface ProjectPullMirrorArgs {
  /** Secret. */
  readonly authPassword?: pulumi.Input<string | undefined>;
  readonly authUser?: pulumi.Input<string | undefined>;
  readonly enabled?: pulumi.Input<boolean | undefined>;
  readonly mirrorBranchRegex?: pulumi.Input<string | undefined>;
  readonly mirrorOverwritesDivergedBranches?: pulumi.Input<boolean | undefined>;
  readonly mirrorTriggerBuilds?: pulumi.Input<boolean | undefined>;
  readonly onlyMirrorProtectedBranches?: pulumi.Input<boolean | undefined>;
  readonly project: pulumi.Input<string>;
  /** Secret. */
  readonly url: pulumi.Input<string>;
}

/** What may be known of a ProjectPullMirror that exists. */
export interface ProjectPullMirrorState extends Partial<ProjectPullMirrorArgs> {
  readonly lastError?: pulumi.Input<string | undefined>;
  readonly lastSuccessfulUpdateAt?: pulumi.Input<string | undefined>;
  readonly lastUpdateAt?: pulumi.Input<string | undefined>;
  readonly lastUpdateStartedAt?: pulumi.Input<string | undefined>;
  readonly mirrorId?: pulumi.Input<number | undefined>;
  readonly updateStatus?: pulumi.Input<string | undefined>;
}

const shape = {
  inputs: [
    "authPassword",
    "authUser",
    "enabled",
    "mirrorBranchRegex",
    "mirrorOverwritesDivergedBranches",
    "mirrorTriggerBuilds",
    "onlyMirrorProtectedBranches",
    "project",
    "url",
  ],
  required: ["project", "url"],
  computed: [
    "lastError",
    "lastSuccessfulUpdateAt",
    "lastUpdateAt",
    "lastUpdateStartedAt",
    "mirrorId",
    "updateStatus",
  ],
  secrets: ["authPassword", "url"],
  replaces: [],
};

/** The resource ProjectPullMirror of GitLab. */
export class ProjectPullMirror extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectPullMirror:ProjectPullMirror";
  declare readonly authPassword: pulumi.Output<string | undefined>;
  declare readonly authUser: pulumi.Output<string | undefined>;
  declare readonly enabled: pulumi.Output<boolean>;
  declare readonly lastError: pulumi.Output<string>;
  declare readonly lastSuccessfulUpdateAt: pulumi.Output<string>;
  declare readonly lastUpdateAt: pulumi.Output<string>;
  declare readonly lastUpdateStartedAt: pulumi.Output<string>;
  declare readonly mirrorBranchRegex: pulumi.Output<string>;
  declare readonly mirrorId: pulumi.Output<number>;
  declare readonly mirrorOverwritesDivergedBranches: pulumi.Output<boolean>;
  declare readonly mirrorTriggerBuilds: pulumi.Output<boolean>;
  declare readonly onlyMirrorProtectedBranches: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly updateStatus: pulumi.Output<string>;
  declare readonly url: pulumi.Output<string>;

  constructor(name: string, args: ProjectPullMirrorArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectPullMirror.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectPullMirror that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectPullMirrorState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectPullMirror(name, state as ProjectPullMirrorArgs, { ...opts, id });
  }

  /** Whether this is a ProjectPullMirror, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectPullMirror {
    return Object(obj).__pulumiType === ProjectPullMirror.__pulumiType;
  }
}

registerResource(
  ProjectPullMirror.__pulumiType,
  shape,
  (name, urn) => new ProjectPullMirror(name, {} as ProjectPullMirrorArgs, { urn }),
);
