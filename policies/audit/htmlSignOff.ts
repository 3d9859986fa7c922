import type { Coverage } from "../coverage";
import { badge, counted } from "./htmlSummary";
import { html, type Markup, type Part } from "./markup";
import type { Audit, Entry } from "./model";
import { byStatus, ruleStatuses, type Status, statusOf } from "./status";

const fact = (name: string, value: Part) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

const list = (items: readonly string[], none: string): Part =>
  items.length > 0 ? html`<ul class="row">${items.map((item) => html`<li>${item}</li>`)}</ul>` : none;

/** A part of the page with its heading. */
export const section = (id: string, title: string, body: Part): Markup =>
  html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${body}
</section>`;

const table = (heads: readonly string[], rows: readonly (readonly Part[])[]): Markup =>
  html`<table class="stacked"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;

const signature = (role: string) => html`<tr><th scope="row">${role}</th><td></td><td></td><td></td></tr>`;

/** What is signed: scope, what was left out, period, who made it, and fields for reviewer and approver. */
export function signOff({ stacks, excluded, unjudged, previous, ...audit }: Audit): Markup {
  const from = previous ? `${previous.time} (the audit before)` : "this moment: no audit before it was given";
  const left = [...excluded.map((name) => `${name}: not asked for`), ...unjudged.map(({ stack }) => stack)];
  const body = html`<dl class="facts">
${fact(
  "Scope",
  list(
    stacks.map(({ stack, judged, tier }) => `${stack} (${tier}), a ${judged}`),
    "nothing",
  ),
)}
${fact("Left out", list(left, "no stack that has a file here"))}
${fact("Never in scope", "what no program makes: people, processes, the cloud's own controls, and changes by hand")}
${fact("Period", `from ${from} to ${audit.time}`)}
${fact("Made by", audit.by)}
${fact("Files that the commit does not have", list(audit.changedFiles, "none"))}
</dl>
<table class="signatures"><caption>Signed off</caption>
<thead><tr><td></td><th scope="col">Name</th><th scope="col">Date</th><th scope="col">Signature</th></tr></thead>
<tbody>${signature("Reviewer")}${signature("Approver")}</tbody></table>`;
  return section("sign-off", "Scope and sign-off", body);
}

/** The rules that need a look, one line each: what is printed in the place of each finding. */
export function toLookAt(audit: Audit): Markup {
  const found = Map.groupBy(audit.entries, ({ rule }) => rule);
  const status = ruleStatuses(audit);
  const of = (id: string): Status => status.get(id) ?? "notJudged";
  const wanted: readonly Status[] = ["violation", "advisory", "open", "waived"];
  const rows = audit.rules
    .filter(({ id }) => wanted.includes(of(id)))
    .sort((one, other) => byStatus(of(one.id), of(other.id)))
    .map(({ id, severity, description }) => {
      const times = (found.get(id) ?? []).filter((entry: Entry) => statusOf(entry) === of(id)).length;
      return [id, badge(of(id)), severity, times, description];
    });
  const body = html`<p>Each finding, with its resource and line, stands below on a screen, and in <code>audit.csv</code> and <code>audit.json</code>.</p>
${rows.length > 0 ? table(["Rule", "Status", "Severity", "Findings", "Holds when"], rows) : html`<p>No rule needs a look.</p>`}`;
  return section("look", "Rules that need a look", body);
}

function covered({ name, of, covered: count, total, uncovered }: Coverage): Markup {
  if (total === undefined)
    return html`<h3>${name}</h3>
<p>Rules are evidence for ${counted(count, "control")}. Its publisher licenses the list of its controls, so no share can be said here.</p>`;
  const open = uncovered.map(({ id, title }) => html`<li>${id}${title && ` ${title}`}</li>`);
  return html`<h3>${name}</h3>
<p>Rules are evidence for ${count} of ${total}: ${of}. No rule covers these ${uncovered.length}:</p>
<ul class="row uncovered">${open}</ul>`;
}

/** What no rule covers, by framework: an auditor needs other evidence for it. */
export const coverageOf = ({ coverage }: Audit): Markup =>
  section("coverage", "What no rule covers", coverage.map(covered));

/** Secrets and keys by age. */
export function secrets({ secrets: all }: Audit): Markup {
  const rows = all.map(({ stack, name, since, days }) => [stack, name, since ?? "not known", days ?? "–"]);
  const body =
    rows.length > 0
      ? html`<p>A plan does not know when a secret was made: judge a state.</p>
${table(["Stack", "Secret or key", "Since", "Days"], rows)}`
      : html`<p>The stacks make none.</p>`;
  return section("secrets", "Age of secrets and keys", body);
}

/** How many lines of a kind are printed; JSON has all. */
const shown = 20;

function latest<T>(
  title: string,
  all: readonly T[],
  heads: readonly string[],
  cells: (each: T) => Part[],
): Markup {
  const more = all.length > shown ? `, the first ${shown}; audit.json has all` : "";
  return html`<h3>${title}: ${all.length}${more}</h3>
${all.length > 0 && table(heads, all.slice(0, shown).map(cells))}`;
}

/** What happened in operation, beside what was designed. */
export function operation({ operation: found }: Audit): Markup {
  if (!found)
    return section(
      "operation",
      "Evidence of operation",
      html`<p>None was given. <code>ecluse evidence</code> collects it, and <code>ecluse audit --evidence</code> takes it.</p>`,
    );
  const { monitorRuns, restoreDrills, releases } = found;
  const body = [
    latest("Monitor runs", monitorRuns, ["Environment", "Use case", "Day", "Found"], (run) => [
      ...[run.environment, run.useCase, run.day, run.status],
    ]),
    latest(
      "Restore drills",
      restoreDrills,
      ["Environment", "When", "Compared", "Different", "Seconds"],
      (drill) => [...[drill.environment, drill.time, drill.compared, drill.differences, drill.seconds]],
    ),
    latest(
      "Changes of champions",
      releases,
      ["Environment", "Use case", "Version", "What", "When", "By", "Why"],
      (each) => [
        ...[each.environment, each.useCase, each.version, each.action, each.time, each.approver, each.reason],
      ],
    ),
  ];
  return section("operation", "Evidence of operation", body);
}

/** What changed since the audit before. */
export function changes({ previous }: Audit): Markup {
  if (!previous) return html``;
  const { time, commit, difference } = previous;
  const rows = [...difference.violations, ...difference.solved].map(({ rule, stack, urn, before, after }) => [
    ...[rule, stack, urn.split("::").at(-1) ?? "", before, after],
  ]);
  const body = html`<p>The audit before is of ${time}, by commit <code>${commit}</code>. New violations: ${difference.violations.length}. Solved: ${difference.solved.length}.</p>
${rows.length > 0 && table(["Rule", "Stack", "Resource", "Before", "Now"], rows)}
<dl class="facts">
${fact("Rules that came", list(difference.rules.added, "none"))}
${fact("Rules that went", list(difference.rules.removed, "none"))}
${fact("Stacks that changed", list(difference.stacks.changed, "none"))}
</dl>`;
  return section("changes", "Since the audit before", body);
}
