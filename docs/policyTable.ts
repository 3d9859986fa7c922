import { rules } from "../policies/all";
import { clusterCounterparts } from "../policies/clusterCounterparts";
import { type Control, controlsOf, frameworks } from "../policies/controls";
import { omitted } from "../policies/omitted";
import type { Rule } from "../policies/rule";
import { row } from "./profileTable";

const escaped = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** Controls by framework: `mcsb IM-1, PA-7`; a question mark stands for a mapping that is proposed. */
function controls(all: readonly Control[]): string {
  const used = [...new Set(all.map(({ framework }) => framework))];
  const of = (framework: string) =>
    all
      .filter((each) => each.framework === framework)
      .map(({ id, proposed }) => `${id}${proposed ? "?" : ""}`);
  return used.map((framework) => `${framework} ${of(framework).join(", ")}`).join("; ");
}

const scopes: Readonly<Record<Rule["scope"], string>> = {
  resource: "a resource",
  stack: "the stack",
  across: "several stacks",
};

/** Every rule, as a Markdown table. */
export const ruleTable = (): string =>
  [
    row(["rule", "severity", "mandatory in", "looks at", "holds when", "controls"]),
    row(["---", "---", "---", "---", "---", "---"]),
    ...rules.map((rule) =>
      row([
        `\`${rule.id}\` ${rule.name}`,
        rule.severity,
        rule.environments === "all" ? "every environment" : "production",
        scopes[rule.scope],
        escaped(rule.description),
        escaped(controls(controlsOf(rule.id))),
      ]),
    ),
  ].join("\n");

/** Where rules differ from the catalogue that they come from, as a Markdown table. */
export const differenceTable = (): string =>
  [
    row(["rule", "what differs, and why"]),
    row(["---", "---"]),
    ...rules.flatMap(({ id, deviation }) => (deviation ? [row([`\`${id}\``, escaped(deviation)])] : [])),
  ].join("\n");

/** The parameters of rules, as a Markdown table. */
export const parameterTable = (): string =>
  [
    row(["rule", "parameter", "meaning", "default"]),
    row(["---", "---", "---", "---"]),
    ...rules.flatMap(({ id, parameters = {} }) =>
      Object.entries(parameters).map(([name, { description, default: value }]) =>
        row([`\`${id}\``, `\`${name}\``, escaped(description), escaped(`\`${JSON.stringify(value)}\``)]),
      ),
    ),
  ].join("\n");

/** What the catalogue has and no rule judges, as a Markdown table. */
export const omittedTable = (): string =>
  [
    row(["of the catalogue", "why there is no rule"]),
    row(["---", "---"]),
    ...omitted.map(({ id, reason }) => row([`\`${id}\``, escaped(reason)])),
  ].join("\n");

const titled = (wanted: string) => {
  const rule = rules.find(({ id }) => id === wanted);
  return `\`${wanted}\`${rule ? ` ${rule.name}` : ""}`;
};

/** Rules on managed parts of Azure beside what judges a cluster in their place, as a Markdown table. */
export const counterpartTable = (): string =>
  [
    row(["on Azure", "on a cluster", "what no rule judges there, and why"]),
    row(["---", "---", "---"]),
    ...Object.entries(clusterCounterparts).map(([id, { rules: others, reason = "" }]) =>
      row([titled(id), others.map(titled).join(", ") || "none", escaped(reason)]),
    ),
  ].join("\n");

/** The frameworks that rules are mapped to, as a Markdown table. */
export const frameworkTable = (): string =>
  [
    row(["in the table", "framework"]),
    row(["---", "---"]),
    ...Object.entries(frameworks).map(([prefix, name]) => row([prefix, name])),
  ].join("\n");
