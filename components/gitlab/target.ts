import * as pulumi from "@pulumi/pulumi";
import type { ForgeParts, Target } from "../contracts";
import { platformPathOf } from "../naming";
import type { Accountability, ForgeSettings, GitlabForgeSettings } from "../settings";
import { platformBot } from "./bot";
import type { ForgeContext } from "./forgeContext";
import { forgeGroup } from "./group";
import { issueLabels } from "./labels";
import { ForgeProject } from "./project";
import { gitlabProvider } from "./provider";
import { lacking, warnOfLacks } from "./tiers";
import { projectHooks, webhooksOf } from "./webhooks";

const describe = ({ purpose, owner, team, riskClass }: Accountability) =>
  `${purpose}. Owner ${owner}, team ${team}, risk class ${riskClass}.`;

/** The platform's own project, whose bot pins images. */
function platformProject(context: ForgeContext): ForgeProject {
  const made = new ForgeProject("platform", {
    context,
    path: platformPathOf(context.gitlab.group),
    description: "The platform: images, CI components, the blueprint of use cases, and releases.",
    // The group and not its projects: GitLab's list ends at 200, and a new use case changes nothing here.
    callers: { groups: [context.group.id] },
  });
  platformBot(made.part);
  return made;
}

/** The group with the platform's project, and one for each use case. */
class GitlabForge implements ForgeParts {
  readonly outputs: ForgeParts["outputs"];
  private readonly context: ForgeContext;
  private readonly platform: ForgeProject;

  constructor(
    private readonly settings: ForgeSettings,
    gitlab: GitlabForgeSettings,
    private readonly environments: readonly string[],
  ) {
    warnOfLacks(gitlab);
    const provider = gitlabProvider(gitlab.url);
    const group = forgeGroup(gitlab, provider);
    const webhooks = webhooksOf(gitlab);
    this.context = { gitlab, group, webhooks, options: { provider } };
    this.platform = platformProject(this.context);
    const tokens = Object.fromEntries(webhooks.map(({ name, token }) => [name, token]));
    this.outputs = {
      tier: gitlab.tier,
      lacking: lacking(gitlab),
      groupId: group.id,
      webhookTokens: pulumi.secret(tokens),
    };
  }

  project(path: string, useCase: string) {
    const { context, platform } = this;
    if (path === platform.part.path) return { id: platform.projectId };
    const { accountability } = this.settings.useCases.find(({ name }) => name === useCase) ?? {};
    const { projectId, part } = new ForgeProject(useCase, {
      context,
      path,
      description: accountability ? describe(accountability) : useCase,
      callers: { projects: [platform.projectId] },
    });
    issueLabels(part, this.environments);
    projectHooks(part);
    return { id: projectId };
  }

  url() {
    return pulumi.output(this.context.gitlab.url);
  }
}

/** The GitLab target: a forge alone; environments run elsewhere and tell it of themselves. */
export const target: Target = {
  environment: ({ target }) => {
    throw new pulumi.RunError(
      `ecluse:target is "${target}": no environment runs there; set it to azure or kubernetes`,
    );
  },
  forge: (settings, environments) => {
    if (!settings.gitlab) throw new pulumi.RunError("ecluse:gitlab is not set: set its url and group");
    return new GitlabForge(settings, settings.gitlab, environments);
  },
};
