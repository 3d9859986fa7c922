/** Parts of a group at a GitLab, each usable from any Pulumi program. */
export { Bot, type BotArgs } from "./bot";
export { Group, type GroupArgs } from "./group";
export { ForgeProject, type ForgeProjectArgs } from "./project";
export { ProjectEnvironment, type ProjectEnvironmentArgs } from "./projectEnvironment";
export { target } from "./target";
export { WebhookTokens, type WebhookTokensArgs } from "./webhooks";
