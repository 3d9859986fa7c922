import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { mergeApprovals } from "./approvals";
import { type ForgeContext, type ProjectPart, slugOf } from "./forgeContext";
import { type Callers, limitJobTokens } from "./jobTokens";
import { projectSettings } from "./projectSettings";
import { freezePeriods, protectMain, protectTags, pushRules } from "./protection";
import { protectImages } from "./registry";

/** What a project of a forge is made from. */
export interface ForgeProjectArgs {
  readonly context: ForgeContext;
  /** Full path, with the group's. */
  readonly path: string;
  readonly description: string;
  readonly callers: Callers;
}

/** A project as every one of the group is: private, protected, reached by named callers. */
export class ForgeProject extends pulumi.ComponentResource {
  readonly projectId: pulumi.Output<string>;
  /** What more is made for it is made with this. */
  readonly part: ProjectPart;

  constructor(name: string, args: ForgeProjectArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:gitlab:Project", name, {}, opts);
    const { context: outer, path, description, callers } = args;
    const context = { ...outer, options: { ...outer.options, parent: this } };
    const slug = slugOf(path);
    const project = new gitlab.Project(
      name,
      { ...projectSettings(context), name: slug, path: slug, description },
      context.options,
    );
    this.projectId = project.id;
    this.part = { context, name, path, project: project.id };
    protectMain(this.part);
    protectTags(this.part);
    pushRules(this.part);
    mergeApprovals(this.part);
    protectImages(this.part);
    freezePeriods(this.part);
    limitJobTokens(this.part, callers);
    this.registerOutputs({ projectId: this.projectId });
  }
}
