import { describe, expect, it } from "vitest";
import { fixture } from "./fixture";
import { oscal } from "./oscal";
import { controlId } from "./oscalFindings";
import { token, uuid } from "./oscalParts";
import { obstacle, schemaId, wrong } from "./schemas";

interface Assessment {
  readonly metadata: { readonly "oscal-version": string };
  readonly uuid: string;
  readonly "import-ap": { readonly href: string };
  readonly "back-matter": { readonly resources: readonly { readonly uuid: string }[] };
  readonly results: readonly [
    {
      readonly uuid: string;
      readonly remarks?: string;
      readonly props: readonly object[];
      readonly "local-definitions": { readonly "inventory-items": readonly { readonly uuid: string }[] };
      readonly "reviewed-controls": {
        readonly "control-selections": readonly {
          readonly "include-controls": readonly { readonly "control-id": string }[];
        }[];
      };
      readonly observations: readonly {
        readonly uuid: string;
        readonly description: string;
        readonly subjects: readonly { readonly "subject-uuid": string; readonly title: string }[];
      }[];
      readonly risks: readonly { readonly uuid: string }[];
      readonly findings: readonly {
        readonly title: string;
        readonly target: { readonly "target-id": string; readonly status: object };
        readonly "related-observations": readonly { readonly "observation-uuid": string }[];
        readonly "related-risks"?: readonly { readonly "risk-uuid": string }[];
      }[];
    },
  ];
}

const read = (audit = fixture) =>
  (oscal(audit) as { readonly "assessment-results": Assessment })["assessment-results"];
const assessment = read();
const [result] = assessment.results;

describe("oscal", () => {
  it("validates against NIST's schema of the version that it names", async ({ skip }) => {
    const missing = await obstacle();
    if (missing) skip(missing);
    expect(schemaId("oscal")).toContain(`/oscal/${assessment.metadata["oscal-version"]}/`);
    expect(await wrong("oscal", oscal(fixture))).toEqual([]);
    expect(await wrong("oscal", { "assessment-results": { ...assessment, uuid: "none" } })).toHaveLength(1);
  });

  it("says of each control whether it is satisfied, and by what", () => {
    expect(result.findings.map(({ title, target: { status } }) => [title, status])).toMatchObject([
      ["CIS Microsoft Azure Foundations 6.0.0 8.2", { state: "satisfied", reason: "pass" }],
      ["CIS Microsoft Azure Foundations 6.0.0 8.10", { state: "not-satisfied", reason: "fail" }],
      ["Microsoft cloud security benchmark v1 DP-8", { state: "not-satisfied", reason: "fail" }],
    ]);
  });

  it("does not call satisfied what is only open or waived", () => {
    const only = (rule: string) => {
      const controls = [{ framework: "nist", id: "SI-4", proposed: true }] as const;
      const rules = fixture.rules.filter(({ id }) => id === rule).map((each) => ({ ...each, controls }));
      return read({ ...fixture, rules }).results[0].findings.map(({ target }) => target);
    };
    for (const rule of ["KV-02", "KV-10"])
      expect(only(rule)).toMatchObject([
        { "target-id": "si-4_smt", status: { state: "not-satisfied", reason: "other" } },
      ]);
  });

  it("reviews the controls of the rules, under the ids of their catalogues", () => {
    const ids = result["reviewed-controls"]["control-selections"].flatMap((each) =>
      each["include-controls"].map((control) => control["control-id"]),
    );
    expect(ids).toEqual(["cis-azure_8.2", "cis-azure_8.10", "mcsb_dp-8", "mcsb_im-1", "ac-3.7"]);
    expect(controlId("nist", "SC-8(1)")).toBe("sc-8.1");
    expect(token("3 (a) b")).toBe("_3-a-b");
  });

  it("refers only to what it has", () => {
    const seen = new Set(result.observations.map(({ uuid }) => uuid));
    const items = new Set(result["local-definitions"]["inventory-items"].map(({ uuid }) => uuid));
    const risks = new Set(result.risks.map(({ uuid }) => uuid));
    for (const finding of result.findings) {
      for (const each of finding["related-observations"]) expect(seen).toContain(each["observation-uuid"]);
      for (const each of finding["related-risks"] ?? []) expect(risks).toContain(each["risk-uuid"]);
    }
    const subjects = result.observations.flatMap((each) => each.subjects);
    for (const each of subjects) expect(items).toContain(each["subject-uuid"]);
    expect(subjects).toHaveLength(fixture.entries.length);
    expect(assessment["import-ap"].href).toBe(`#${assessment["back-matter"].resources[0]?.uuid}`);
  });

  it("puts resources with the same outcome into one observation", () => {
    expect(result.observations).toHaveLength(7);
    expect(result.observations[2]?.subjects.map(({ title }) => title.split("::").at(-1))).toEqual([
      "other",
      "third",
    ]);
  });

  it("names the file of a state and of waivers that are over", () => {
    expect(result.props).toContainEqual(
      expect.objectContaining({ name: "fileSha256", value: "c".repeat(64), remarks: "of the stack prod" }),
    );
    expect(result.remarks).toBe(
      "waiver W-0 of KV-02 is over since 2026-02-01: fix what it covered, or decide again",
    );
    expect(read({ ...fixture, waivers: { over: [], unused: [] } }).results[0].remarks).toBeUndefined();
  });

  it("accepts a waived risk until its day", () => {
    expect(result.risks).toMatchObject([
      {
        status: "deviation-approved",
        deadline: "2026-06-01T23:59:59Z",
        statement: "a vault could be emptied",
      },
    ]);
    expect(result.findings[2]?.["related-risks"]).toEqual([{ "risk-uuid": result.risks[0]?.uuid }]);
  });

  it("has UUIDs that the content alone decides", () => {
    expect(JSON.stringify(oscal(fixture))).toBe(JSON.stringify(oscal(structuredClone(fixture))));
    const later = read({ ...fixture, time: "2027-01-01T00:00:00.000Z" });
    expect(later.uuid).not.toBe(assessment.uuid);
    expect(later.results[0].uuid).toBe(result.uuid);
    expect(uuid("a", "b")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuid("a", "b")).not.toBe(uuid("ab"));
  });
});
