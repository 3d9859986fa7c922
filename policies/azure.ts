import { allOf, anyOf, holds, is, matchesNot, set, settledBy, some } from "./conditions";
import { byId, type Companion } from "./relations";
import type { Condition } from "./rule";

/** The value is one of these words, in any case: Azure compares them so. */
export const isWord = (path: string, ...words: string[]): Condition =>
  holds(
    path,
    (value) => typeof value === "string" && words.some((word) => word.toLowerCase() === value.toLowerCase()),
    words.map((word) => `"${word}"`).join(" or "),
  );

/** The resource has this name; what packs see of a made one calls it `name`. */
export const isNamed = (property: string, name: string): Condition =>
  anyOf(isWord(property, name), isWord("name", name));

/** The address range is no wider than a /8: a few wider ones are as good as all addresses. */
export const narrow = (path: string): Condition =>
  matchesNot(path, /\/[0-7]$|^0\.0\.0\.0$/, "a range no wider than a /8");

/** There is a value; one that a preview does not know yet comes from resources of these types. */
export const setFrom = (path: string, ...types: string[]): Condition =>
  settledBy(set(path), path.replace(/\..*/, ""), ...types);

const enabled = (categories: readonly string[]) =>
  allOf(
    is("enabled", true),
    anyOf(isWord("category", ...categories), isWord("categoryGroup", "audit", "allLogs")),
  );

/**
 * A diagnostic setting that sends one of these categories of logs to a workspace; `which` narrows down the settings.
 */
export const logs = (categories: readonly string[], which?: Condition): Companion => ({
  type: "azure-native:monitor:DiagnosticSetting",
  relation: byId("resourceUri"),
  ...(which ? { which } : {}),
  check: allOf(
    setFrom("workspaceId", "azure-native:operationalinsights:Workspace"),
    some("logs", enabled(categories)),
  ),
  missing: `no diagnostic setting sends ${categories.join(" or ")}`,
});
