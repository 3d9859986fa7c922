import { UNKNOWN } from "../../../protocol/properties";
import { setFrom } from "../../azure";
import {
  allOf,
  anyOf,
  atMost,
  every,
  given,
  holds,
  is,
  isNot,
  matches,
  matchesNot,
  not,
} from "../../conditions";
import { gitlabType } from "../../gitlab";
import type { Condition, ResourceRule, RuleText } from "../../rule";
import { read } from "../../values";
import { fail, open, pass } from "../../verdict";

const day = 86_400_000;
const row = { scope: "resource", environments: "all", severity: "high" } as const;

const life = {
  id: "GL-12",
  parameters: {
    days: { type: "number", description: "Days that a token lives, at most.", default: 90 },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const ends = (days: number): Condition =>
  anyOf(
    atMost("rotationConfiguration.expirationDays", days),
    holds(
      "expiresAt",
      (value) => typeof value === "string" && Date.parse(value) - Date.now() <= days * day,
      `a day within ${days} days`,
    ),
  );

/** What a token of such a scope could do for whoever has it: all that its account can. */
const unlimited = ["api", "sudo", "admin_mode"];
const lowest = ["minimal", "guest", "planner", "reporter"];

const limited: Condition = (at, context) =>
  anyOf(
    every("scopes", isNot("", ...unlimited)),
    allOf(every("scopes", isNot("", "sudo", "admin_mode")), is("accessLevel", ...lowest)),
  )(at, context);

const hooks = {
  id: "GL-16",
  parameters: {
    hosts: {
      type: "array",
      items: { type: "string" },
      description: "Hosts that webhooks may call, beside those of ecluse:gitlab.webhooks.",
      default: [],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : "");

/** The finding shows the host alone, since the rest of the URL may hold a token. */
const toKnownHost: Condition = ({ value }, context) => {
  const url = read(value, "url");
  if (url === UNKNOWN) return open("url is not known yet");
  const { settings } = context;
  const named = settings?.kind === "forge" ? (settings.gitlab?.webhooks ?? []) : [];
  const known = [
    ...named.map((each) => hostOf(each.url)),
    ...context.parameter<readonly string[]>(hooks, "hosts"),
  ];
  const host = hostOf(String(url ?? ""));
  return known.includes(host)
    ? pass
    : fail(`its host ${host} is none of ${known.join(", ") || "no host at all"}`);
};

const ofForge = gitlabType("ProjectAccessToken");
const random = "random:index/randomPassword:RandomPassword";

/** Rules on tokens, keys and hooks, by which somebody reaches GitLab, or GitLab calls somebody. */
export const gitlabTokenRules: readonly ResourceRule[] = [
  {
    ...row,
    ...life,
    name: "tokens-short-and-narrow",
    types: [
      ofForge,
      gitlabType("GroupAccessToken"),
      gitlabType("PersonalAccessToken"),
      gitlabType("GroupServiceAccountAccessToken"),
      gitlabType("ProjectDeployToken"),
      gitlabType("GroupDeployToken"),
    ],
    description: "A token ends within 90 days, does no more than it is for, and is never an owner's.",
    remediation:
      "Set rotationConfiguration, the narrowest scopes and a low accessLevel (components/gitlab/environment.ts).",
    deviation:
      "Scope `api` passes for a token of level reporter or below: GitLab has no narrower scope that " +
      "writes issues, which the monitor does. A rotation must be within 90 days too.",
    check: allOf(
      given(life, "days", ends),
      limited,
      holds("scopes", (value) => Array.isArray(value) && value.length > 0, "a list with something in it"),
      isNot("accessLevel", "owner"),
    ),
  },
  {
    ...row,
    id: "GL-13",
    name: "deploy-keys-read-only",
    types: [gitlabType("DeployKey")],
    description: "A deploy key reads, and ends.",
    remediation: "Set canPush to false and expiresAt to a day; a job's own token needs no key.",
    check: allOf(is("canPush", false), matches("expiresAt", /^\d{4}-\d{2}-\d{2}/, "a day")),
  },
  {
    ...row,
    ...hooks,
    name: "hooks-verified",
    types: [gitlabType("ProjectHook"), gitlabType("GroupHook"), gitlabType("SystemHook")],
    description: "Webhooks call only hosts that are named, by verified TLS, and authenticate themselves.",
    remediation:
      "List the receiver in ecluse:gitlab.webhooks of the forge's stack; components/gitlab/webhooks.ts makes the hook.",
    check: allOf(
      isNot("enableSslVerification", false),
      // By its opposite, since the finding of `matches` would show the URL, which may hold a token.
      not(matchesNot("url", /^https:\/\//i), "url does not begin with https://"),
      toKnownHost,
      anyOf(setFrom("token", random), setFrom("signingToken", random)),
    ),
  },
];
