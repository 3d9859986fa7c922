import type { Waiver } from "../waivers";
import type { Audit, Entry } from "./model";
import { type Group, groups, prop, uuid } from "./oscalParts";
import { statuses } from "./status";

const subject = (urn: string) => uuid("resource", urn);

/** The resources that were looked at. */
export const inventory = (entries: readonly Entry[]) =>
  [...new Map(entries.map((entry) => [entry.urn, entry])).values()].map(({ urn, source }) => ({
    uuid: subject(urn),
    description: urn,
    ...(source && { props: [prop("source", source)] }),
  }));

function observation({ uuid, rule, status, entries }: Group, collected: string) {
  const [{ stack, level, why, severity }] = entries;
  return {
    uuid,
    title: `${rule.id}: ${rule.description}`,
    description: `${statuses[status].label}: ${why || statuses[status].means}`,
    props: [
      prop("rule", rule.id),
      prop("stack", stack),
      prop("status", status),
      prop("severity", severity),
      prop("level", level),
    ],
    methods: ["TEST"],
    types: ["finding"],
    subjects: entries.map(({ urn }) => ({
      "subject-uuid": subject(urn),
      type: "inventory-item",
      title: urn,
    })),
    collected,
    remarks: `How to fix: ${rule.remediation}`,
  };
}

/** What was seen: passes, and what does not apply, too. */
export function observations({ rules, entries, stacks, time }: Audit) {
  const judgedAt = new Map(stacks.map((each) => [each.stack, each.time]));
  return groups(rules, entries).map((group) =>
    observation(group, judgedAt.get(group.entries[0].stack) ?? time),
  );
}

/** The id of the risk that a waiver accepts. */
export const riskOf = ({ id }: Waiver): string => uuid("risk", id);

/** The risks that waivers accept, and until when. */
export function risks(entries: readonly Entry[]) {
  const used = new Map(entries.flatMap(({ waiver }) => (waiver ? [[waiver.id, waiver] as const] : [])));
  return [...used.values()].map((waiver) => ({
    uuid: riskOf(waiver),
    title: `${waiver.rule} is waived: ${waiver.id}`,
    description: waiver.reason,
    statement: waiver.risk,
    props: [
      prop("owner", waiver.owner),
      prop("approver", waiver.approver),
      prop("ticket", waiver.ticket),
      prop("created", waiver.created),
    ],
    status: "deviation-approved",
    deadline: `${waiver.expiresOn}T23:59:59Z`,
  }));
}
