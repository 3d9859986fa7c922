import type { Control, Framework } from "../controls";
import type { Audit } from "./model";
import { ruleStatuses, type Status, worst } from "./status";

/** A rule that is evidence for a control. */
export interface Evidence {
  readonly rule: string;
  readonly proposed: boolean;
  readonly status: Status;
}

/** A control with its evidence; its status is that of the rule to look at first. */
export interface ControlEvidence {
  readonly framework: Framework;
  readonly id: string;
  readonly status: Status;
  readonly rules: readonly Evidence[];
}

const byId = new Intl.Collator("en", { numeric: true });

/** The controls that rules point to, by framework and then by id. */
export function evidenceOf(audit: Audit): readonly ControlEvidence[] {
  const status = ruleStatuses(audit);
  const mapped = audit.rules.flatMap(({ id, controls }) =>
    controls.map((control) => ({ control, rule: id, status: status.get(id) ?? worst([]) })),
  );
  const key = ({ framework, id }: Control) => `${framework}:${id}`;
  return [...Map.groupBy(mapped, ({ control }) => key(control))]
    .sort(([one], [other]) => byId.compare(one, other))
    .flatMap(([, group]) => {
      const rules = group.map(({ rule, status, control: { proposed } }) => ({ rule, status, proposed }));
      const of = group[0]?.control;
      return of
        ? [{ framework: of.framework, id: of.id, status: worst(rules.map((each) => each.status)), rules }]
        : [];
    });
}
