import { frameworks } from "../controls";
import { evidenceOf } from "./controlEvidence";
import type { Audit, JudgedStack } from "./model";
import { findingsOf, selections } from "./oscalFindings";
import { inventory, observations, risks } from "./oscalObservations";
import { prop, uuid } from "./oscalParts";
import { limits, troubles } from "./status";

const stackProps = ({ stack, resources, ...rest }: JudgedStack) =>
  Object.entries({ ...rest, resources: String(resources) }).map(([name, value]) =>
    prop(name, value, { remarks: `of the stack ${stack}` }),
  );

/** One assessment: what was looked at, what was seen, and what that means for each control. */
function result(audit: Audit) {
  const { time, stacks, unjudged, entries } = audit;
  const evidence = evidenceOf(audit);
  const accepted = risks(entries);
  const findings = findingsOf(audit, evidence);
  const remarks = troubles(audit);
  return {
    uuid: uuid("result", ...[stacks, unjudged, entries, remarks].map((each) => JSON.stringify(each))),
    title: `Policy audit of ${stacks.map(({ stack }) => stack).join(", ")}`,
    description: limits,
    start: time,
    end: time,
    "reviewed-controls": { "control-selections": selections(evidence) },
    // OSCAL has no empty lists.
    ...(entries.length > 0 && {
      props: stacks.flatMap(stackProps),
      "local-definitions": { "inventory-items": inventory(entries) },
      observations: observations(audit),
    }),
    ...(accepted.length > 0 && { risks: accepted }),
    ...(findings.length > 0 && { findings }),
    ...(remarks.length > 0 && { remarks: remarks.join("\n\n") }),
  };
}

/** The audit as OSCAL assessment results 1.2; its UUIDs come from its content, so that the same audit has the same. */
export function oscal(audit: Audit): object {
  const { time, commit, versions } = audit;
  const plan = uuid("plan", commit);
  return {
    "assessment-results": {
      uuid: uuid("document", JSON.stringify(audit)),
      metadata: {
        title: "Policy audit",
        "last-modified": time,
        version: commit,
        "oscal-version": "1.2.1",
        props: Object.entries(versions).map(([name, version]) => prop(`version-of-${name}`, version)),
      },
      "import-ap": {
        href: `#${plan}`,
        remarks: "The rules are the plan: each is checked on every resource.",
      },
      results: [result(audit)],
      "back-matter": {
        resources: [
          {
            uuid: plan,
            title: "The rules, by which resources are judged",
            description: `Rules that are evidence for controls of ${Object.values(frameworks).join("; ")}.`,
            rlinks: [{ href: "docs/policies.md", "media-type": "text/markdown" }],
          },
        ],
      },
    },
  };
}
