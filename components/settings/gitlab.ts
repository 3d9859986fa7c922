import { defaultGroup } from "../naming";
import { gitlabTiers } from "./choices";
import {
  baseUrl,
  choice,
  cron,
  distinctNames,
  fields,
  flag,
  groupPath,
  integer,
  list,
  matching,
  timeZone,
  url,
} from "./values";

const name = matching(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/, "up to 32 of a-z, 0-9 and -");

const webhook = fields({
  name: name.describe("name in the stack"),
  url: url().describe("address, `https://…`; its token is made, and given as the output `webhookTokens`"),
});

/** When nothing is deployed: from the times of one cron line to those of another. */
const freezePeriod = fields({
  name: name.describe("name in the stack"),
  start: cron("gitlab").describe("when it begins, five fields"),
  end: cron("gitlab").describe("when it ends, five fields"),
  timezone: timeZone().default("UTC").describe("their time zone"),
});

/** A GitLab that is there, and the group that a forge's stack makes in it. */
export const gitlabForge = fields({
  url: baseUrl().describe("address of the GitLab, `https://…`"),
  tier: choice(gitlabTiers).describe(
    "`free`, `premium` or `ultimate`: [what it lacks](gitlab.md#tiers) is left out, with a warning",
  ),
  edition: choice(["enterprise", "community"])
    .default("enterprise")
    .describe("`enterprise` (GitLab.com, and the usual package in every tier) or `community`"),
  group: groupPath()
    .default(defaultGroup)
    .describe("full path of the group that is made; groups around it must be there; no two stacks make one"),
  // One would make whoever writes and one friend enough for production.
  approvals: integer(2, 10)
    .default(2)
    .describe("how many people approve a merge request beside its author, 2 to 10"),
  tokenDays: integer(3, 90)
    .default(60)
    .describe("days that the bot's token lives, 3 to 90; renewed by an `up` in its last third"),
  registryDatabase: flag()
    .default(true)
    .describe(
      "whether GitLab's container registry has its metadata database; without it no image's tag is protected",
    ),
  webhooks: list(webhook, "`- name: …`")
    .superRefine(distinctNames)
    .default([])
    .describe(
      "who is notified of a use case's issues, pipelines, deployments and ending tokens: list of the two keys below",
    )
    .meta({ shown: "none" }),
  freezePeriods: list(freezePeriod, "`- name: …`")
    .superRefine(distinctNames)
    .default([])
    .describe("when nothing is deployed: list of the four keys below")
    .meta({ shown: "none" }),
});
