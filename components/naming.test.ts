import { describe, expect, it } from "vitest";
import { audience, checkName, ciPrincipal, projectPath, workloadIssuer, workloadSubject } from "./naming";

describe("checkName", () => {
  it.each(["a", "bank-churn", "a1", "x".repeat(40)])("takes %s", (name) => {
    expect(checkName(name)).toBeUndefined();
  });

  it.each(["", "A", "1a", "-a", "a-", "a_b", "a.b", "x".repeat(41)])("refuses '%s'", (name) => {
    expect(checkName(name)).toContain("a-z, 0-9 and -");
  });
});

describe("names that servers compare", () => {
  it("are as docs/architecture.md has them", () => {
    expect(audience("prod", "tracking")).toBe("ecluse-prod-tracking");
    expect(workloadIssuer("dev")).toBe("https://dev.ecluse.local");
    expect(workloadSubject("bank-churn", "serve")).toBe("system:serviceaccount:bank-churn:serve");
    expect(ciPrincipal(projectPath("bank-churn"), "prod", "train")).toBe("ci:ecluse/bank-churn:prod:train");
  });
});
