import * as gitlab from "@pulumi/gitlab";
import * as random from "@pulumi/random";
import type { GitlabForgeSettings } from "../settings";
import type { ProjectPart, Webhook } from "./forgeContext";

/** Gives each webhook of the settings a token, which nobody has to type: its receiver's keeper reads it from the stack's outputs. */
export function webhooksOf({ webhooks }: GitlabForgeSettings): readonly Webhook[] {
  if (webhooks.length === 0) return [];
  const provider = new random.Provider("random");
  return webhooks.map(({ name, url }) => ({
    name,
    url,
    token: new random.RandomPassword(`webhook-${name}`, { length: 48, special: false }, { provider }).result,
  }));
}

/** Tells the webhooks of a project's issues, pipelines, deployments and of tokens that end soon; never over TLS that is not verified. */
export function projectHooks({ context, name, project }: ProjectPart): void {
  for (const webhook of context.webhooks)
    new gitlab.ProjectHook(
      `${name}-hook-${webhook.name}`,
      {
        project,
        name: webhook.name,
        url: webhook.url,
        token: webhook.token,
        enableSslVerification: true,
        issuesEvents: true,
        pipelineEvents: true,
        deploymentEvents: true,
        resourceAccessTokenEvents: true,
        // On unless it is said.
        pushEvents: false,
      },
      context.options,
    );
}
