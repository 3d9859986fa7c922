import * as pulumi from "@pulumi/pulumi";
import type { ForgeParts, Target } from "../contracts";
import { InputError } from "../errors";
import { platformPathOf } from "../naming";
import type { Accountability, GitlabForgeSettings, ProjectSettings } from "../settings";
import { Bot } from "./bot";
import { Group } from "./group";
import { ForgeProject, type ForgeProjectArgs } from "./project";
import { gitlabProvider } from "./provider";
import { hasProtection, lacking } from "./tiers";
import { warnOfLacks } from "./warnings";
import { type Webhook, WebhookTokens } from "./webhooks";

/** What a forge at a GitLab is made from. */
interface GitlabForgeArgs {
  readonly gitlab: GitlabForgeSettings;
  readonly useCases: readonly ProjectSettings[];
  /** Names of the environments that it serves. */
  readonly environments: readonly string[];
}

/** The group with the platform's project, and one for each use case. */
class GitlabForge implements ForgeParts {
  readonly url: pulumi.Output<string>;
  readonly outputs: ForgeParts["outputs"];
  private readonly groupId: pulumi.Output<string>;
  private readonly webhooks: readonly Webhook[];
  private readonly platformId: pulumi.Output<string>;
  private readonly options: pulumi.ComponentResourceOptions;

  constructor(
    private readonly name: string,
    private readonly args: GitlabForgeArgs,
    parent: pulumi.Resource,
  ) {
    const { gitlab } = args;
    warnOfLacks(gitlab);
    const provider = gitlabProvider(`${name}-gitlab`, gitlab.url, { parent });
    this.options = { parent, providers: [provider] };
    this.url = pulumi.output(gitlab.url);
    this.groupId = new Group(`${name}-group`, gitlab, this.options).groupId;
    this.webhooks = webhooksOf(`${name}-webhooks`, gitlab, parent);
    this.platformId = this.platformProject();
    this.outputs = {
      tier: gitlab.tier,
      lacking: lacking(gitlab),
      groupId: this.groupId,
      webhookTokens: pulumi.secret(Object.fromEntries(this.webhooks.map(({ name, token }) => [name, token]))),
    };
  }

  project(path: string, useCase: string) {
    if (path === platformPathOf(this.args.gitlab.group)) return { id: this.platformId };
    const { useCases, environments } = this.args;
    const { accountability } = useCases.find(({ name }) => name === useCase) ?? {};
    const { projectId } = this.make(useCase, {
      path,
      description: accountability ? describe(accountability) : useCase,
      callers: { projects: [this.platformId] },
      monitoredIn: environments,
      webhooks: this.webhooks,
    });
    return { id: projectId };
  }

  /** The platform's own project, whose bot pins images. */
  private platformProject(): pulumi.Output<string> {
    const { gitlab } = this.args;
    const project = this.make("platform", {
      path: platformPathOf(gitlab.group),
      description: "The platform: images, CI components, the blueprint of use cases, and releases.",
      // The group and not its projects: GitLab's list ends at 200, and a new use case changes nothing here.
      callers: { groups: [this.groupId] },
    });
    const { projectId } = project;
    const { url, tokenDays } = gitlab;
    if (hasProtection(gitlab, "projectTokens"))
      new Bot(`${this.name}-platform-bot`, { project: projectId, url, tokenDays }, { parent: project });
    return projectId;
  }

  private make(role: string, args: Omit<ForgeProjectArgs, "groupId" | "rules">) {
    const { groupId, options } = this;
    return new ForgeProject(`${this.name}-${role}`, { ...args, groupId, rules: this.args.gitlab }, options);
  }
}

const describe = ({ purpose, owner, team, riskClass, materiality }: Accountability) =>
  `${purpose}. Owner ${owner}, team ${team}, risk class ${riskClass}, materiality ${materiality}.`;

function webhooksOf(name: string, { webhooks }: GitlabForgeSettings, parent: pulumi.Resource) {
  return webhooks.length === 0 ? [] : new WebhookTokens(name, { webhooks }, { parent }).webhooks;
}

/** The GitLab target: a forge alone; environments run elsewhere, and register themselves in its projects. */
export const target: Target = {
  environment: ({ target }) => {
    throw new InputError("ecluse:target", target, "no environment runs there; set it to azure or kubernetes");
  },
  forge: (name, { settings: { gitlab, useCases }, environments }, parent) => {
    if (!gitlab) throw new InputError("ecluse:gitlab", gitlab, "set its url and group");
    return new GitlabForge(name, { gitlab, useCases, environments }, parent);
  },
};
