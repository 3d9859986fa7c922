// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectPushRules. */
export interface ProjectPushRulesArgs {
  readonly authorEmailRegex?: pulumi.Input<string | undefined>;
  readonly branchNameRegex?: pulumi.Input<string | undefined>;
  readonly commitCommitterCheck?: pulumi.Input<boolean | undefined>;
  readonly commitCommitterNameCheck?: pulumi.Input<boolean | undefined>;
  readonly commitMessageNegativeRegex?: pulumi.Input<string | undefined>;
  readonly commitMessageRegex?: pulumi.Input<string | undefined>;
  readonly denyDeleteTag?: pulumi.Input<boolean | undefined>;
  readonly fileNameRegex?: pulumi.Input<string | undefined>;
  readonly maxFileSize?: pulumi.Input<number | undefined>;
  readonly memberCheck?: pulumi.Input<boolean | undefined>;
  readonly preventSecrets?: pulumi.Input<boolean | undefined>;
  readonly project: pulumi.Input<string>;
  readonly rejectNonDcoCommits?: pulumi.Input<boolean | undefined>;
  readonly rejectUnsignedCommits?: pulumi.Input<boolean | undefined>;
}

/** What may be known of a ProjectPushRules that exists. */
export interface ProjectPushRulesState extends Partial<ProjectPushRulesArgs> {}

const shape = {
  inputs: [
    "authorEmailRegex",
    "branchNameRegex",
    "commitCommitterCheck",
    "commitCommitterNameCheck",
    "commitMessageNegativeRegex",
    "commitMessageRegex",
    "denyDeleteTag",
    "fileNameRegex",
    "maxFileSize",
    "memberCheck",
    "preventSecrets",
    "project",
    "rejectNonDcoCommits",
    "rejectUnsignedCommits",
  ],
  required: ["project"],
  computed: [],
  secrets: [],
  replaces: [],
};

/** The resource ProjectPushRules of GitLab. */
export class ProjectPushRules extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectPushRules:ProjectPushRules";
  declare readonly authorEmailRegex: pulumi.Output<string>;
  declare readonly branchNameRegex: pulumi.Output<string>;
  declare readonly commitCommitterCheck: pulumi.Output<boolean>;
  declare readonly commitCommitterNameCheck: pulumi.Output<boolean>;
  declare readonly commitMessageNegativeRegex: pulumi.Output<string>;
  declare readonly commitMessageRegex: pulumi.Output<string>;
  declare readonly denyDeleteTag: pulumi.Output<boolean>;
  declare readonly fileNameRegex: pulumi.Output<string>;
  declare readonly maxFileSize: pulumi.Output<number>;
  declare readonly memberCheck: pulumi.Output<boolean>;
  declare readonly preventSecrets: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly rejectNonDcoCommits: pulumi.Output<boolean>;
  declare readonly rejectUnsignedCommits: pulumi.Output<boolean>;

  constructor(name: string, args: ProjectPushRulesArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectPushRules.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectPushRules that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectPushRulesState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectPushRules(name, state as ProjectPushRulesArgs, { ...opts, id });
  }

  /** Whether this is a ProjectPushRules, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectPushRules {
    return Object(obj).__pulumiType === ProjectPushRules.__pulumiType;
  }
}

registerResource(
  ProjectPushRules.__pulumiType,
  shape,
  (name, urn) => new ProjectPushRules(name, {} as ProjectPushRulesArgs, { urn }),
);
