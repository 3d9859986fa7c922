import { severities } from "../rule";
import { html, type Markup } from "./markup";
import type { Audit, Entry, JudgedStack } from "./model";
import {
  familiesOf,
  familyName,
  familyOf,
  limits,
  type Status,
  statuses,
  statusOf,
  unjudgedText,
} from "./status";

const shown = (Object.keys(statuses) as Status[]).filter((status) => status !== "notJudged");
const count = (entries: readonly Entry[], wanted: Status) =>
  entries.filter((entry) => statusOf(entry) === wanted).length;

/** The word of a status, in its colour. */
export const badge = (status: Status): Markup =>
  html`<span class="badge ${status}">${statuses[status].label}</span>`;

/** A number of things: `1 finding`, `2 findings`. */
export const counted = (number: number, thing: string): string =>
  `${number} ${thing}${number === 1 ? "" : "s"}`;

/** What the commit is of: a state may have been made by any other. */
const committed = (stacks: readonly JudgedStack[]) =>
  stacks.some(({ judged }) => judged === "plan") ? "Rules and planned program" : "Rules";

/** The head of the page: what came out, when, and by which rules. */
export function summary({ entries, stacks, unjudged, time, commit, versions }: Audit): Markup {
  const [stop, advise, unknown] = (["violation", "advisory", "open"] as const).map((status) =>
    count(entries, status),
  );
  const said = Object.entries(versions).map(([name, version]) => html`<li>${name} ${version}</li>`);
  return html`<header>
<h1>Policy audit</h1>
<p class="verdict">Violations that must be fixed: <strong>${stop}</strong>. Advisory: <strong>${advise}</strong>. Not decided: <strong>${unknown}</strong>.</p>
${unjudged.map((each) => html`<p class="verdict"><strong>${unjudgedText(each)}</strong></p>`)}
<dl class="facts">
<div><dt>Made</dt><dd><time datetime="${time}">${time}</time></dd></div>
<div><dt>${committed(stacks)}, by their commit</dt><dd><code>${commit}</code></dd></div>
<div><dt>Made with</dt><dd><ul class="row">${said}</ul></dd></div>
</dl>
</header>`;
}

/** What whoever holds a state's file can check. */
const fileRow = (sha256: string) =>
  html`<div><dt>SHA-256 of the state's file</dt><dd><code>${sha256}</code></dd></div>`;

const judgedRow = ({
  stack,
  tier,
  judged,
  time,
  resources,
  sha256,
  fileSha256,
}: JudgedStack) => html`<li class="card">
<h3>${stack}</h3>
<dl class="facts">
<div><dt>Tier</dt><dd>${tier}</dd></div>
<div><dt>What was judged</dt><dd>a ${judged}</dd></div>
<div><dt>${judged === "plan" ? "Planned" : "Saved"}</dt><dd><time datetime="${time}">${time}</time></dd></div>
<div><dt>Resources</dt><dd>${resources}</dd></div>
<div><dt>SHA-256 of the resources as rules read them, secrets left out</dt><dd><code>${sha256}</code></dd></div>
${fileSha256 && fileRow(fileSha256)}
</dl>
</li>`;

/** The stacks that were judged, with what proves later that it was these. */
export const judged = ({ stacks }: Audit): Markup => html`<section aria-labelledby="judged">
<h2 id="judged">What was judged</h2>
<p>${limits}</p>
<ul class="cards">${stacks.map(judgedRow)}</ul>
</section>`;

const words: readonly (readonly [term: string, meaning: string])[] = [
  ["Resource", "One thing that the program asks for: a database, a network, a right that somebody gets."],
  ["Stack", "All the resources of one environment, or of the service that hosts code and pipelines."],
  ["URN", "The full name of a resource: its stack, its project, its kind and its own name, divided by ::."],
  ["Rule", "One sentence about resources that must be true, which a program checks."],
  ["Control", "A requirement of a published framework. A rule is evidence for it, and rarely all of it."],
  ["Proposed", "No published source maps this rule to this control: we propose it, and you decide."],
  ["Severity", "How much harm a violation may do: critical, high, medium or low."],
];

const meaning = (term: Markup | string, text: string) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`;

/** What the words of the page mean, for a reader who has never seen such a report. */
export const meanings = (): Markup => html`<section aria-labelledby="words">
<h2 id="words">How to read this page</h2>
<dl class="words">
${words.map(([term, text]) => meaning(term, text))}
${shown.map((status) => meaning(badge(status), statuses[status].means))}
</dl>
</section>`;

function totalsTable(caption: string, rows: readonly (readonly [name: string, entries: readonly Entry[]])[]) {
  const heads = shown.map((status) => html`<th scope="col"><span>${statuses[status].label}</span></th>`);
  const body = rows.map(
    ([name, entries]) =>
      html`<tr><th scope="row">${name}</th>${shown.map((status) => html`<td>${count(entries, status)}</td>`)}</tr>`,
  );
  return html`<table class="totals"><caption>${caption}</caption>
<thead><tr><td></td>${heads}</tr></thead>
<tbody>${body}</tbody></table>`;
}

/** How many findings of each status, by severity and by area. */
export function totals({ entries, rules }: Audit): Markup {
  const bySeverity = severities.map(
    (wanted) => [wanted, entries.filter(({ severity }) => severity === wanted)] as const,
  );
  const areas = familiesOf(rules).map(
    (family) => [familyName(family), entries.filter(({ rule }) => familyOf(rule) === family)] as const,
  );
  return html`<section aria-labelledby="totals">
<h2 id="totals">Totals</h2>
${totalsTable("Findings by severity", [...bySeverity, ["all", entries]])}
${totalsTable("Findings by area", areas)}
</section>`;
}

/** Waivers that somebody has to look at; those in use stand with what they cover. */
export function waivers({ waivers: { over, unused } }: Audit): Markup {
  if (over.length + unused.length === 0) return html``;
  const row = (what: string, { id, rule, owner, expiresOn }: Audit["waivers"]["over"][number]) =>
    html`<li><strong>${id}</strong> for ${rule}, owned by ${owner}: ${what} ${expiresOn}.</li>`;
  return html`<section aria-labelledby="waivers">
<h2 id="waivers">Waivers to look at</h2>
<ul>${over.map((waiver) => row("it covers nothing any more, because it ended on", waiver))}
${unused.map((waiver) => row("it covers nothing in these stacks, and would end on", waiver))}</ul>
</section>`;
}
