import { describe, expect, it } from "vitest";
import { controlsOf, mappedRules } from "./controls";
import { coverage, titleOf } from "./coverage";

const of = (framework: string) => coverage().find((each) => each.framework === framework);

describe("what rules cover of a framework", () => {
  it("counts against all controls of its list", () => {
    expect(coverage().map(({ framework, total }) => [framework, total])).toEqual([
      ...[
        ["mcsb", 86],
        ["cis-aks", undefined],
        ["cis-azure", undefined],
        ["cis-azure-2", undefined],
      ],
      ...[
        ["cis-azure-3", undefined],
        ["cis-kubernetes", undefined],
        ["cis-gitlab", undefined],
      ],
      ...[
        ["nist", 223],
        ["iso27001", 93],
        ["owasp-ml", 10],
        ["ai-act", 22],
        ["gdpr", 46],
      ],
    ]);
  });

  it("names what no rule is evidence for", () => {
    expect(of("owasp-ml")?.uncovered).toEqual([
      { id: "ML04", title: "Membership Inference Attack" },
      { id: "ML07", title: "Transfer Learning Attack" },
      { id: "ML09", title: "Output Integrity Attack" },
    ]);
    for (const { covered, total, uncovered } of coverage())
      if (total !== undefined) expect(covered + uncovered.length).toBe(total);
  });

  it("counts an enhancement for its control", () => {
    expect(of("nist")?.uncovered.map(({ id }) => id)).not.toContain("AC-3");
    expect(of("gdpr")?.uncovered.map(({ id }) => id)).not.toContain("5");
  });
});

describe("titles", () => {
  it("are there for each control that a rule points to, where the publisher lets them be copied", () => {
    const free = mappedRules.flatMap(controlsOf).filter(({ framework }) => !/^(cis|iso)/.test(framework));
    expect(
      free.filter((control) => !titleOf(control)).map(({ framework, id }) => `${framework}:${id}`),
    ).toEqual([]);
  });

  it("of a part are those of its control", () => {
    expect(titleOf({ framework: "nist", id: "AC-6(7)" })).toBe("Least Privilege");
    expect(titleOf({ framework: "iso27001", id: "A.8.2" })).toBeUndefined();
  });
});
