import { parseUrn } from "../../protocol/urn";
import { frameworks } from "../controls";
import { severities } from "../rule";
import { badge, counted } from "./htmlSummary";
import { html, type Markup } from "./markup";
import type { Audit, Entry, RuleEntry } from "./model";
import {
  byStatus,
  familiesOf,
  familyName,
  familyOf,
  ruleStatuses,
  type Status,
  statuses,
  statusOf,
} from "./status";

const box = (name: string, value: string, label: string) =>
  html`<label><input type="checkbox" name="${name}" value="${value}" checked> ${label}</label>`;

const choice = (name: string, label: string, options: readonly (readonly [value: string, text: string])[]) =>
  html`<label>${label} <select name="${name}"><option value="">all</option>${options.map(
    ([value, text]) => html`<option value="${value}">${text}</option>`,
  )}</select></label>`;

/** The filters; the script shows them, since without it they could do nothing. */
function filters({ stacks, rules, entries }: Audit): Markup {
  const found = (Object.keys(statuses) as Status[]).filter((status) => status !== "notJudged");
  return html`<form id="filters" hidden>
<fieldset><legend>Kind</legend>${found.map((status) => box("status", status, statuses[status].label))}</fieldset>
<fieldset><legend>Severity</legend>${severities.map((severity) => box("severity", severity, severity))}</fieldset>
<fieldset><legend>Where and what</legend>
${choice(
  "stack",
  "Stack",
  stacks.map(({ stack }) => [stack, stack]),
)}
${choice(
  "family",
  "Area",
  familiesOf(rules).map((family) => [family, familyName(family)]),
)}
<label>Text <input type="search" name="text" autocomplete="off"></label></fieldset>
<p><button type="reset">Show everything</button> <button type="button" id="open">Open all</button> <button type="button" id="close">Close all</button></p>
</form>
<p><output id="shown">${counted(entries.length, "finding")}.</output></p>`;
}

function waived({ waiver }: Entry): Markup | undefined {
  if (!waiver) return undefined;
  const { id, reason, risk, owner, approver, ticket, created, expiresOn } = waiver;
  return html`<div><dt>Waiver</dt><dd>${id}, from ${created} until ${expiresOn}. Reason: ${reason}. Risk: ${risk}. Owner: ${owner}. Approved by: ${approver}. Ticket: ${ticket}.</dd></div>`;
}

/** One finding. One that holds, or does not apply, takes one line. */
function finding(entry: Entry): Markup {
  const { rule, stack, severity, urn, source, why } = entry;
  const status = statusOf(entry);
  const quiet = status === "pass" || status === "notApplicable";
  return html`<li class="finding${quiet && " quiet"}" data-status="${status}" data-severity="${severity}" data-stack="${stack}" data-family="${familyOf(rule)}">
<p>${badge(status)} <strong>${parseUrn(urn).name}</strong> in ${stack}</p>
<dl class="facts">
${why !== "" && html`<div><dt>Found</dt><dd>${why}</dd></div>`}
<div><dt>Where (URN)</dt><dd><code>${urn}</code></dd></div>
${source && html`<div><dt>Made by the line</dt><dd><code>${source}</code></dd></div>`}
${waived(entry)}
</dl>
</li>`;
}

const control = ({ framework, id, proposed }: RuleEntry["controls"][number]) =>
  html`<li>${frameworks[framework]} ${id}${proposed && html` <em>proposed</em>`}</li>`;

/** One rule, with everything that it found. */
function ruleBlock(rule: RuleEntry, status: Status, entries: readonly Entry[]): Markup {
  const { id, description, severity, environments, remediation, deviation, controls } = rule;
  const sorted = [...entries].sort((one, other) => byStatus(statusOf(one), statusOf(other)));
  return html`<details class="rule" id="rule-${id}" open>
<summary>${badge(status)} <span class="severity">${severity}</span> <strong>${id}</strong> ${description} <span class="count">${counted(entries.length, "finding")}</span></summary>
<dl class="facts">
<div><dt>How to fix</dt><dd>${remediation}</dd></div>
<div><dt>Required</dt><dd>${environments === "all" ? "in every environment" : "in production; advice elsewhere"}</dd></div>
${deviation && html`<div><dt>Differs from the catalogue</dt><dd>${deviation}</dd></div>`}
<div><dt>Evidence for</dt><dd>${controls.length > 0 ? html`<ul class="row">${controls.map(control)}</ul>` : "no control of a framework"}</dd></div>
</dl>
${entries.length > 0 ? html`<ul class="findings">${sorted.map(finding)}</ul>` : html`<p>${statuses[status].means}</p>`}
</details>`;
}

/** Every rule with its findings, those to look at first in front, and the filters on them. */
export function findings(audit: Audit): Markup {
  const found = Map.groupBy(audit.entries, ({ rule }) => rule);
  const status = ruleStatuses(audit);
  const of = ({ id }: RuleEntry) => status.get(id) ?? "notJudged";
  const sorted = [...audit.rules].sort(
    (one, other) =>
      byStatus(of(one), of(other)) || severities.indexOf(one.severity) - severities.indexOf(other.severity),
  );
  return html`<section class="screen" aria-labelledby="findings">
<h2 id="findings">Findings</h2>
${filters(audit)}
${sorted.map((rule) => ruleBlock(rule, of(rule), found.get(rule.id) ?? []))}
</section>`;
}
