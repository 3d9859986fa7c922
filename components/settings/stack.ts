import { z } from "zod";
import { checkEnvironmentName } from "../naming";
import { alerts } from "./alerts";
import { azure } from "./azure";
import { profileNames, tiers } from "./choices";
import { cluster, gitlab, kubernetes } from "./cluster";
import { gitlabForge } from "./gitlab";
import {
  forgeUseCase,
  governance,
  hostedUseCase,
  localGovernance,
  localUseCase,
  named,
  useCases,
} from "./useCase";
import { choice, cron, fields, flag, integer, matching, table } from "./values";

const ports = table(integer(1024, 65_535))
  .default({})
  .describe("fixed ports (local target)")
  .meta({ shown: "none" });

const kind = <const T extends string>(value: T) =>
  z.literal(value).describe("`environment`, or `forge` (targets `gitlab` and `local`)");

const target = <const T extends string>(value: T) =>
  z.literal(value).describe("`azure`, `kubernetes` or `local`; of a forge `gitlab` or `local`");

const environmentName = named(checkEnvironmentName).describe(
  "name of the environment: up to 10 of a-z, 0-9, `-`; part of nearly every other name, so final",
);

const environment = {
  tier: choice(tiers).describe(
    "`development`, `integration`, `staging` or `production`; decides security: production is private, " +
      "protected and trusts protected branches only",
  ),
  profile: choice(profileNames)
    .default("frugal")
    .describe(
      "`frugal`, `standard` or `full`: how much of everything ([table](azure.md#profiles-and-cost)); " +
        "production on Azure not `frugal`",
    ),
  ports,
  monitorCron: cron("kubernetes")
    .default("15 2 * * *")
    .describe(
      "when the monitor checks the day before, five fields, UTC; in production less often than once a day " +
        "violates `ML-12`",
    ),
  monitorRetrains: flag()
    .default(false)
    .describe(
      "whether the monitor may start a training because of an alert, as the use case's `retrain` " +
        "([monitor.yaml](new-use-case.md#when-the-monitor-warns)) has it; on a GitLab in production alone, by " +
        "pipelines that ask each hour ([how](gitlab.md#a-retraining-that-the-monitor-wants))",
    ),
  alerts,
  retrainCron: cron("gitlab")
    .optional()
    .describe(
      "when production trains again by itself, five fields in UTC: a pipeline of `main` at GitLab; refused elsewhere",
    ),
};

const hosted = {
  environment: environmentName.max(10, "use at most 10 characters on this target"),
  ...environment,
  useCases: useCases(hostedUseCase),
  governance,
  signingKey: integer(1, 999)
    .default(1)
    .describe(
      "which key in a row signs released models: the next number makes another, and what the one before signed " +
        "goes on serving ([rotation](recovery.md#the-key-that-signs-models))",
    ),
  forge: z
    .union(
      [z.literal("none").transform(() => undefined), gitlab],
      "set it to none, or to the url of a GitLab",
    )
    .optional()
    .describe(
      "`none`, or the GitLab whose jobs are trusted and whose projects get this environment's variables, " +
        "by the keys below. `GITLAB_TOKEN` of the environment that Pulumi runs in opens it",
    ),
  cluster: cluster.describe("what workloads are given on a cluster, by the keys below"),
};

const localForge = matching(/^(?!none$)./, "the forge's stack, such as local-forge").describe(
  "the forge's stack (local target)",
);

/** What a stack's file may hold, by kind and target; each key has `ecluse:` before it there. */
export const stackSchemas = {
  environment: {
    azure: fields({ kind: kind("environment"), target: target("azure"), ...hosted, azure }),
    kubernetes: fields({ kind: kind("environment"), target: target("kubernetes"), ...hosted, kubernetes }),
    local: fields({
      kind: kind("environment"),
      target: target("local"),
      environment: environmentName,
      ...environment,
      useCases: useCases(localUseCase),
      governance: localGovernance,
      forge: localForge,
    }),
  },
  forge: {
    gitlab: fields({
      kind: kind("forge"),
      target: target("gitlab"),
      useCases: useCases(forgeUseCase.gitlab),
      ports,
      gitlab: gitlabForge,
    }),
    local: fields({
      kind: kind("forge"),
      target: target("local"),
      useCases: useCases(forgeUseCase.local),
      ports,
    }),
  },
};
