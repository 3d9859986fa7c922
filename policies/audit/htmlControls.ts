import { frameworks } from "../controls";
import { titleOf } from "../coverage";
import { type ControlEvidence, type Evidence, evidenceOf } from "./controlEvidence";
import { badge, counted } from "./htmlSummary";
import { html, type Markup } from "./markup";
import type { Audit } from "./model";

/** A link to what a rule found. */
const ruleLink = ({ rule, status, proposed }: Evidence) =>
  html`<li><a href="#rule-${rule}">${rule}</a> ${badge(status)}${proposed && html` <em>proposed</em>`}</li>`;

const row = ({ framework, id, status, rules }: ControlEvidence) =>
  html`<tr><th scope="row">${id}${titleOf({ framework, id }) && html` <span class="title">${titleOf({ framework, id })}</span>`}</th><td>${badge(status)}</td><td><ul class="row">${rules.map(ruleLink)}</ul></td></tr>`;

/** The matrix: each framework's controls, the rules that are evidence for them, and what came out. */
export function controls(audit: Audit): Markup {
  const groups = Map.groupBy(evidenceOf(audit), ({ framework }) => framework);
  const parts = [...groups].map(
    ([framework, rows]) => html`<details class="framework" open>
<summary>${frameworks[framework]} <span class="count">${counted(rows.length, "control")}</span></summary>
<table class="controls"><caption>${frameworks[framework]}</caption>
<thead><tr><th scope="col">Control</th><th scope="col">Evidence</th><th scope="col">Rules</th></tr></thead>
<tbody>${rows.map(row)}</tbody></table>
</details>`,
  );
  return html`<section class="screen" aria-labelledby="controls">
<h2 id="controls">Controls</h2>
<p>A control shows what came out of the one of its rules that most needs a look. Where every rule passes, that supports the control; it does not show that all of it is met.</p>
${parts}
</section>`;
}
