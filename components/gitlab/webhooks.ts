import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** A webhook that every use case has, and the token that its receiver knows GitLab by; secret. */
export interface Webhook {
  readonly name: string;
  readonly url: string;
  readonly token: pulumi.Output<string>;
}

/** What the tokens of a forge's webhooks are made from. */
export interface WebhookTokensArgs {
  readonly webhooks: readonly { readonly name: string; readonly url: string }[];
}

/** A random token for each webhook. Nobody has to type it: who runs the receiver reads it from the stack's outputs. */
export class WebhookTokens extends pulumi.ComponentResource {
  readonly webhooks: readonly Webhook[];

  constructor(name: string, { webhooks }: WebhookTokensArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:gitlab:WebhookTokens", name, {}, opts);
    const provider = new random.Provider(name, {}, { parent: this });
    const options = { parent: this, provider };
    this.webhooks = webhooks.map((webhook) => ({
      ...webhook,
      token: new random.RandomPassword(`${name}-${webhook.name}`, { length: 48, special: false }, options)
        .result,
    }));
    this.registerOutputs({});
  }
}

interface HooksArgs {
  /** Number of the project. */
  readonly project: pulumi.Output<string>;
  readonly webhooks: readonly Webhook[];
}

/** Webhooks of a project's issues, pipelines, deployments and of tokens that end soon; TLS is always verified. */
export function makeHooks(
  name: string,
  { project, webhooks }: HooksArgs,
  options: pulumi.ResourceOptions,
): void {
  for (const webhook of webhooks)
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
      options,
    );
}
