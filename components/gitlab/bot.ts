import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { resourceNameOf } from "../naming";
import { rotation } from "./conventions";
import type { ProjectPart } from "./forgeContext";
import { checkMaskable } from "./masked";
import { hasProtection } from "./tiers";

const botName = "ecluse-bot";

/** Pushes a branch, and no more; an `up` in the last third of its life renews it. */
function botToken({ context, name, project }: ProjectPart): gitlab.ProjectAccessToken {
  const { tokenDays } = context.gitlab;
  return new gitlab.ProjectAccessToken(
    `${name}-bot`,
    {
      project,
      name: botName,
      description: "Pins images by digest, by merge request (job `digests`)",
      scopes: ["write_repository"],
      accessLevel: "developer",
      rotationConfiguration: rotation(tokenDays),
    },
    context.options,
  );
}

interface Variable {
  readonly key: string;
  readonly value: pulumi.Input<string>;
  readonly secret: boolean;
}

function botVariable({ context, name, project }: ProjectPart, { key, value, secret }: Variable): void {
  new gitlab.ProjectVariable(
    `${name}-${resourceNameOf(key)}`,
    {
      project,
      key,
      value,
      description: "Set by Pulumi",
      environmentScope: "*",
      protected: true,
      masked: secret,
      hidden: secret,
      raw: true,
      variableType: "env_var",
    },
    // GitLab may refuse a new value for a hidden variable, and never has two of one key.
    { ...context.options, ...(secret && { replaceOnChanges: ["value"], deleteBeforeReplace: true }) },
  );
}

/** The platform project's bot: its token, where its pipelines of protected branches alone find it, and its name as an author. */
export function platformBot(part: ProjectPart): void {
  const { gitlab: settings } = part.context;
  if (!hasProtection(settings, "projectTokens")) return;
  const { token, userId } = botToken(part);
  // GitLab knows a user by the number that begins such an address, so push rules take the bot for the author.
  const email = pulumi.interpolate`${userId}-${botName}@users.noreply.${new URL(settings.url).hostname}`;
  const key = "ECLUSE_BOT_TOKEN";
  const value = pulumi.secret(token.apply((text) => checkMaskable(key, text)));
  botVariable(part, { key, value, secret: true });
  botVariable(part, { key: "ECLUSE_BOT_NAME", value: botName, secret: false });
  botVariable(part, { key: "ECLUSE_BOT_EMAIL", value: email, secret: false });
}
