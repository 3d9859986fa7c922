import { type Framework, frameworks } from "../controls";
import type { ControlEvidence } from "./controlEvidence";
import type { Audit } from "./model";
import { riskOf } from "./oscalObservations";
import { type Group, groups, prop, token, uuid } from "./oscalParts";
import { type Status, statuses } from "./status";

/** The id of a control: NIST's as in its own OSCAL catalogue (`ac-3.7`), others with their framework (`mcsb_im-1`). */
export function controlId(framework: Framework, id: string): string {
  const plain = id.toLowerCase().replace(/\((\d+)\)/g, ".$1");
  return token(framework === "nist" ? plain : `${framework}_${plain}`);
}

/** The controls that were reviewed, by framework. */
export const selections = (evidence: readonly ControlEvidence[]) =>
  evidence.length > 0
    ? [...Map.groupBy(evidence, ({ framework }) => framework)].map(([framework, controls]) => ({
        description: frameworks[framework],
        "include-controls": controls.map(({ id }) => ({ "control-id": controlId(framework, id) })),
      }))
    : [{ description: "No rule that was judged is evidence for a control." }];

/** Only what was seen to hold satisfies; what is open or waived does not, for another reason than a failure. */
function outcome(status: Status) {
  if (status === "pass") return { state: "satisfied", reason: "pass" };
  const failed = status === "violation" || status === "advisory";
  return { state: "not-satisfied", reason: failed ? "fail" : "other", remarks: statuses[status].means };
}

function finding({ framework, id, status, rules }: ControlEvidence, seen: readonly Group[]) {
  const accepted = seen.flatMap(({ entries: [{ waiver }] }) => (waiver ? [riskOf(waiver)] : []));
  const control = controlId(framework, id);
  return {
    uuid: uuid("finding", control, status, ...seen.map((group) => group.uuid)),
    title: `${frameworks[framework]} ${id}`,
    description:
      `The rules that are evidence for this control come to: ${statuses[status].label}. They are rarely ` +
      "all of it.",
    props: rules.map(({ rule, proposed }) =>
      prop("rule", rule, { class: proposed ? "proposed" : "published" }),
    ),
    target: { type: "statement-id", "target-id": `${control}_smt`, status: outcome(status) },
    "related-observations": seen.map((group) => ({ "observation-uuid": group.uuid })),
    ...(accepted.length > 0 && {
      "related-risks": [...new Set(accepted)].map((risk) => ({ "risk-uuid": risk })),
    }),
  };
}

/** What the observations mean for each control; a control that nothing here is about has no finding. */
export function findingsOf({ rules, entries }: Audit, evidence: readonly ControlEvidence[]) {
  const byRule = Map.groupBy(groups(rules, entries), ({ rule }) => rule.id);
  return evidence
    .filter(({ status }) => status !== "notApplicable" && status !== "notJudged")
    .map((control) =>
      finding(
        control,
        control.rules.flatMap(({ rule }) => byRule.get(rule) ?? []),
      ),
    );
}
