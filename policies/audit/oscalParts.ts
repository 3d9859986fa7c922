import { createHash } from "node:crypto";
import type { Entry, RuleEntry } from "./model";
import { type Status, statusOf } from "./status";

// Of this project alone: the same words elsewhere give other UUIDs.
const namespace = Buffer.from("6f0c2b7e51d34d0b9d3d7f1a2c9e84b5", "hex");

/** A UUID, version 5 (RFC 9562), which the words alone decide. */
export function uuid(...words: readonly string[]): string {
  const bytes = createHash("sha1").update(namespace).update(JSON.stringify(words)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A name as OSCAL's tokens have it: `cis-aks_5.5.1`. */
export const token = (text: string): string =>
  text.replace(/[^\p{L}\p{N}.\-_]+/gu, "-").replace(/^(?![\p{L}_])/u, "_");

/** A property in this project's own namespace; OSCAL's texts have one line. */
export const prop = (
  name: string,
  value: string,
  more: { readonly class?: string; readonly remarks?: string } = {},
) => ({
  name: token(name),
  ns: "urn:ecluse:audit",
  value: value.replace(/\s+/g, " ").trim() || "none",
  ...more,
});

/** What one rule found in one stack with one outcome: the resources differ, all else is the same. */
export interface Group {
  readonly uuid: string;
  readonly rule: RuleEntry;
  readonly status: Status;
  readonly entries: readonly [Entry, ...Entry[]];
}

/** The entries, put together where only the resource differs. */
export function groups(rules: readonly RuleEntry[], entries: readonly Entry[]): readonly Group[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const key = (entry: Entry) => [entry.rule, entry.stack, statusOf(entry), entry.why, entry.waiver?.id ?? ""];
  return [...Map.groupBy(entries, (entry) => uuid("observation", ...key(entry)))].flatMap(([id, group]) => {
    const [first, ...others] = group;
    const rule = first && byId.get(first.rule);
    return rule ? [{ uuid: id, rule, status: statusOf(first), entries: [first, ...others] }] : [];
  });
}
