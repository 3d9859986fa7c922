import { defaultGroup } from "../components/naming";
import { type FreezePeriod, type GitlabForgeSettings, gitlabTiers } from "../components/settings";
import { longestGap } from "./cron";
import { type Fields, SettingsError } from "./fields";

const URL_FORM = /^https:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/;
const GROUP = /^[a-zA-Z0-9_][\w.-]*(\/[a-zA-Z0-9_][\w.-]*)*$/;
const NAME = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/;
const ZONE = /^(UTC|[A-Z]\w+(\/[A-Z][\w+-]+)+)$/;

const url = (fields: Fields, key: string) =>
  fields.matching(key, URL_FORM, "an address that begins with https:// and holds no password");

const name = (fields: Fields) => fields.matching("name", NAME, "up to 32 of a-z, 0-9 and -");

function webhook(fields: Fields) {
  const settings = { name: name(fields), url: url(fields, "url") };
  fields.finish();
  return Object.freeze(settings);
}

function cronLine(fields: Fields, key: string): string {
  const line = fields.text(key);
  if (longestGap(line) !== undefined) return line;
  throw new SettingsError(fields.path(key), line, "set it to five fields of numbers, *, / , and -");
}

function freezePeriod(fields: Fields): FreezePeriod {
  const settings = {
    name: name(fields),
    start: cronLine(fields, "start"),
    end: cronLine(fields, "end"),
    timezone: fields.matching("timezone", ZONE, "a time zone such as Europe/Paris", "UTC"),
  };
  fields.finish();
  return Object.freeze(settings);
}

/** The items of a list that may be missing; two of one name would be one resource. */
function named<T extends { readonly name: string }>(
  fields: Fields,
  key: string,
  read: (item: Fields) => T,
): readonly T[] {
  const items = fields.has(key) ? fields.list(key).map(read) : [];
  const twice = items.find((item, at) => items.findIndex((other) => other.name === item.name) !== at);
  if (twice) throw new SettingsError(fields.path(key), twice.name, "is listed twice: remove one");
  return Object.freeze(items);
}

/** Reads `ecluse:gitlab`: the GitLab and the group that a forge's stack makes there. */
export function gitlabForgeSettings(fields: Fields): GitlabForgeSettings {
  const settings: GitlabForgeSettings = {
    url: url(fields, "url").replace(/\/+$/, ""),
    tier: fields.choice("tier", gitlabTiers),
    edition: fields.choice("edition", ["enterprise", "community"], "enterprise"),
    group: fields.matching("group", GROUP, "the full path of a group, such as acme/ecluse", defaultGroup),
    // One would make whoever writes and one friend enough for production.
    approvals: fields.integer("approvals", { least: 2, most: 10, fallback: 2 }),
    tokenDays: fields.integer("tokenDays", { least: 3, most: 90, fallback: 60 }),
    registryDatabase: fields.flag("registryDatabase", true),
    webhooks: named(fields, "webhooks", webhook),
    freezePeriods: named(fields, "freezePeriods", freezePeriod),
  };
  fields.finish();
  checkGitlab(fields, settings);
  return Object.freeze(settings);
}

function checkGitlab(fields: Fields, { url, tier, edition, group }: GitlabForgeSettings): void {
  if (edition === "community" && tier !== "free")
    throw new SettingsError(
      fields.path("tier"),
      tier,
      "the community edition has no other than free: set it to free",
    );
  if (new URL(url).host === "gitlab.com" && !group.includes("/"))
    throw new SettingsError(
      fields.path("group"),
      group,
      `GitLab.com makes no top-level group by its API: make one there by hand, and set this to <that>/${group}`,
    );
}
