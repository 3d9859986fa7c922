import * as pulumi from "@pulumi/pulumi";
import type { ForgeParts, ForgeRequest, Target } from "./contracts";
import { platformPathOf, projectPath } from "./naming";

/** What a forge is made from. */
export interface ForgeArgs extends ForgeRequest {
  /** Makes its parts: `gitlab` or `local`. */
  readonly target: Required<Pick<Target, "forge">>;
}

/** The group of projects at a GitLab: the platform's own, and one for each use case. */
export class Forge extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  /** Numbers of the projects, by their path. */
  readonly projectIds: pulumi.Output<Readonly<Record<string, string>>>;
  /** Further outputs of the target. */
  readonly outputs: NonNullable<ForgeParts["outputs"]>;

  constructor(name: string, args: ForgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:index:Forge", name, {}, opts);
    const { settings, target, environments } = args;
    const parts = target.forge(name, { settings, environments }, this);
    const group = settings.gitlab?.group;
    const platform = platformPathOf(group);
    const rows = [
      [platform, parts.project(platform, "platform").id] as const,
      ...settings.useCases.map(({ name: useCase }) => {
        const path = projectPath(useCase, group);
        return [path, parts.project(path, useCase).id] as const;
      }),
    ];
    this.url = parts.url;
    this.projectIds = pulumi.all(Object.fromEntries(rows));
    this.outputs = parts.outputs ?? {};
    this.registerOutputs({ url: this.url, projectIds: this.projectIds });
  }
}
