// Made by `npm run sdk:gitlab` from the provider's schema; change the generator instead.
import * as pulumi from "@pulumi/pulumi";
import { registerResource, resourceInputs, resourceOptions } from "./runtime";

/** What makes a ProjectApprovalRule. */
export interface ProjectApprovalRuleArgs {
  readonly appliesToAllProtectedBranches?: pulumi.Input<boolean | undefined>;
  readonly approvalsRequired: pulumi.Input<number>;
  readonly disableImportingDefaultAnyApproverRuleOnCreate?: pulumi.Input<boolean | undefined>;
  readonly groupIds?: pulumi.Input<pulumi.Input<number>[] | undefined>;
  readonly name?: pulumi.Input<string | undefined>;
  /** A change makes a new resource. */
  readonly project: pulumi.Input<string>;
  readonly protectedBranchIds?: pulumi.Input<pulumi.Input<number>[] | undefined>;
  /** A change makes a new resource. */
  readonly reportType?: pulumi.Input<string | undefined>;
  /** A change makes a new resource. */
  readonly ruleType?: pulumi.Input<string | undefined>;
  readonly userIds?: pulumi.Input<pulumi.Input<number>[] | undefined>;
}

/** What may be known of a ProjectApprovalRule that exists. */
export interface ProjectApprovalRuleState extends Partial<ProjectApprovalRuleArgs> {}

const shape = {
  inputs: [
    "appliesToAllProtectedBranches",
    "approvalsRequired",
    "disableImportingDefaultAnyApproverRuleOnCreate",
    "groupIds",
    "name",
    "project",
    "protectedBranchIds",
    "reportType",
    "ruleType",
    "userIds",
  ],
  required: ["approvalsRequired", "project"],
  computed: [],
  secrets: [],
  replaces: ["project", "reportType", "ruleType"],
};

/** The resource ProjectApprovalRule of GitLab. */
export class ProjectApprovalRule extends pulumi.CustomResource {
  static readonly __pulumiType = "gitlab:index/projectApprovalRule:ProjectApprovalRule";
  declare readonly appliesToAllProtectedBranches: pulumi.Output<boolean | undefined>;
  declare readonly approvalsRequired: pulumi.Output<number>;
  declare readonly disableImportingDefaultAnyApproverRuleOnCreate: pulumi.Output<boolean | undefined>;
  declare readonly groupIds: pulumi.Output<number[] | undefined>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly protectedBranchIds: pulumi.Output<number[] | undefined>;
  declare readonly reportType: pulumi.Output<string>;
  declare readonly ruleType: pulumi.Output<string>;
  declare readonly userIds: pulumi.Output<number[] | undefined>;

  constructor(name: string, args: ProjectApprovalRuleArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ProjectApprovalRule.__pulumiType,
      name,
      resourceInputs(shape, args, opts),
      resourceOptions(shape, opts),
    );
  }

  /** A ProjectApprovalRule that exists already, found by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ProjectApprovalRuleState,
    opts?: pulumi.CustomResourceOptions,
  ) {
    return new ProjectApprovalRule(name, state as ProjectApprovalRuleArgs, { ...opts, id });
  }

  /** Whether this is a ProjectApprovalRule, whichever copy of the package made it. */
  static override isInstance(obj: unknown): obj is ProjectApprovalRule {
    return Object(obj).__pulumiType === ProjectApprovalRule.__pulumiType;
  }
}

registerResource(
  ProjectApprovalRule.__pulumiType,
  shape,
  (name, urn) => new ProjectApprovalRule(name, {} as ProjectApprovalRuleArgs, { urn }),
);
