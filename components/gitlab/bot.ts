import * as gitlab from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { rotation } from "./conventions";

/** What the bot of a project is made from. */
export interface BotArgs {
  /** Number of the project. */
  readonly project: pulumi.Input<string>;
  /** Base URL of the GitLab. */
  readonly url: string;
  /** Days that its token lives; an `up` in the last third of them renews it. */
  readonly tokenDays: number;
}

const botName = "ecluse-bot";

/** A project's bot: its token, where pipelines of protected branches alone find it, and its name as an author. */
export class Bot extends pulumi.ComponentResource {
  constructor(name: string, args: BotArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:gitlab:Bot", name, {}, opts);
    const { token, userId } = botToken(name, args, this);
    const variable = (role: "token" | "name" | "email", value: pulumi.Input<string>) =>
      botVariable(
        `${name}-${role}`,
        { ...args, key: variableOf(role), value, secret: role === "token" },
        this,
      );
    // GitLab knows a user by the number that begins such an address, so push rules take the bot for the author.
    const host = new URL(args.url).hostname;
    variable("token", pulumi.secret(token.apply((text) => checkMaskable(variableOf("token"), text))));
    variable("name", botName);
    variable("email", pulumi.interpolate`${userId}-${botName}@users.noreply.${host}`);
    this.registerOutputs({});
  }
}

const variableOf = (role: string) => `ECLUSE_BOT_${role.toUpperCase()}`;

/** Pushes a branch, and no more. */
const botToken = (name: string, { project, tokenDays }: BotArgs, parent: pulumi.Resource) =>
  new gitlab.ProjectAccessToken(
    name,
    {
      project,
      name: botName,
      description: "Pins images by digest, by merge request (job `digests`)",
      scopes: ["write_repository"],
      accessLevel: "developer",
      rotationConfiguration: rotation(tokenDays),
    },
    { parent },
  );

interface VariableArgs extends Pick<BotArgs, "project"> {
  readonly key: string;
  readonly value: pulumi.Input<string>;
  readonly secret: boolean;
}

function botVariable(name: string, args: VariableArgs, parent: pulumi.Resource): void {
  const { project, key, value, secret } = args;
  new gitlab.ProjectVariable(
    name,
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
    { parent, ...(secret && { replaceOnChanges: ["value"], deleteBeforeReplace: true }) },
  );
}

/** What GitLab masks in logs: at least eight of these characters, in one line. */
const maskable = /^[\w+/=@:.~-]{8,}$/;

/**
 * A value that GitLab can mask, as it was given.
 * @throws RunError that names the key, and never shows the value.
 */
export function checkMaskable(key: string, value: string): string {
  if (maskable.test(value)) return value;
  const wrong = value.length < 8 ? `has ${value.length} characters` : "has characters that are never masked";
  throw new pulumi.RunError(
    `CI variable ${key} ${wrong}: GitLab masks 8 or more of A-Z, a-z, 0-9, _ + / = @ : . ~ -; give it such a value`,
  );
}
