import { rules } from "../../policies/all";
import { policyName } from "../../policies/rule";

/** A policy that something breaks. */
interface Found {
  readonly policy: string;
  readonly urn: string;
}

/** Rules on the marks of secrets, which Pulumi takes off before a pack sees a value. */
const auditOnly = rules.filter(({ marks }) => marks).map(policyName);

/** Those that a pack can find too. */
export const comparable = <F extends Found>(found: readonly F[]): readonly F[] =>
  found.filter(({ policy }) => !auditOnly.includes(policy));

/** Each once, in a line, in order. */
export const named = (found: readonly Found[]): readonly string[] =>
  [...new Set(found.map(({ policy, urn }) => `${policy} ${urn}`))].sort();
