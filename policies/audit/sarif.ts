import { type Framework, frameworks } from "../controls";
import { sha256 } from "./digest";
import type { Audit, Entry, RuleEntry } from "./model";
import { limits, statusOf, troubles } from "./status";

const levels = { critical: "error", high: "error", medium: "warning", low: "note" } as const;
/** CVSS-like numbers by which viewers sort. */
const weights = { critical: "9.5", high: "8.0", medium: "5.0", low: "2.0" } as const;

const taxonomy = (framework: Framework) => ({ name: frameworks[framework] });

function descriptor({ id, name, description, remediation, severity, controls }: RuleEntry) {
  return {
    id,
    name,
    shortDescription: { text: description },
    help: { text: remediation },
    defaultConfiguration: { level: levels[severity] },
    properties: {
      "security-severity": weights[severity],
      tags: controls.map(({ framework, id }) => `${framework}:${id}`),
    },
    relationships: controls.map(({ framework, id, proposed }) => ({
      target: { id, toolComponent: taxonomy(framework) },
      kinds: ["relevant"],
      ...(proposed && { description: { text: "proposed: no published source has this mapping" } }),
    })),
  };
}

/** The controls of each framework, as a taxonomy that rules point to. */
function taxonomies(rules: readonly RuleEntry[]) {
  const groups = Map.groupBy(
    rules.flatMap(({ controls }) => controls),
    ({ framework }) => framework,
  );
  return [...groups].map(([framework, controls]) => ({
    ...taxonomy(framework),
    taxa: [...new Set(controls.map(({ id }) => id))].sort().map((id) => ({ id })),
  }));
}

function location({ urn, source }: Entry) {
  const [, file, line] = /^(.*?)(?::(\d+))?$/s.exec(source ?? "") ?? [];
  const physical = file && {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file) },
      ...(line && { region: { startLine: Number(line) } }),
    },
  };
  return { ...(physical || {}), logicalLocations: [{ fullyQualifiedName: urn, kind: "resource" }] };
}

/** By the standard only a failure has a level: that of its severity, whether it stops a deployment or not. */
const levelOf = ({ kind, severity }: Entry) => (kind === "fail" ? levels[severity] : "none");

function result(entry: Entry, index: number) {
  const { rule, kind, why, urn, stack, severity, waiver } = entry;
  return {
    ruleId: rule,
    ruleIndex: index,
    kind,
    level: levelOf(entry),
    message: { text: why || "holds" },
    locations: [location(entry)],
    partialFingerprints: {
      "ruleAndResource/v1": sha256(`${rule} ${urn}`),
    },
    properties: { stack, status: statusOf(entry), severity },
    ...(waiver && {
      suppressions: [
        {
          kind: "external",
          status: "accepted",
          justification: `${waiver.reason} (${waiver.ticket}, until ${waiver.expiresOn})`,
        },
      ],
    }),
  };
}

/** The audit in SARIF 2.1.0. */
export function sarif(audit: Audit): object {
  const { rules, entries, stacks, unjudged, versions, commit, time } = audit;
  const indices = new Map(rules.map(({ id }, index) => [id, index]));
  const controls = taxonomies(rules);
  const driver = {
    name: "ecluse",
    semanticVersion: versions.ecluse ?? "0.0.0",
    rules: rules.map(descriptor),
    supportedTaxonomies: controls.map(({ name }) => ({ name })),
  };
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        taxonomies: controls,
        automationDetails: { id: `audit/${stacks.map(({ stack }) => stack).join(",")}` },
        invocations: [
          {
            executionSuccessful: unjudged.length === 0,
            endTimeUtc: time,
            toolExecutionNotifications: troubles(audit).map((text) => ({
              level: "error",
              message: { text },
            })),
          },
        ],
        properties: { commit, versions, stacks, limits },
        results: entries.map((entry) => result(entry, indices.get(entry.rule) ?? -1)),
      },
    ],
  };
}
