import { describe, expect, it } from "vitest";
import { csv } from "./csv";
import { fixture } from "./fixture";
import { html } from "./html";
import { junit } from "./junit";
import type { Audit } from "./model";
import { oscal } from "./oscal";
import { sarif } from "./sarif";
import { obstacle, wrong } from "./schemas";

const audit: Audit = { ...fixture, unjudged: [{ stack: "staging", why: "ecluse:tier is not set" }] };
const none: Audit = { ...audit, stacks: [], entries: [] };
const text = "staging could not be planned, so nothing of it was judged: ecluse:tier is not set";

describe("a stack that could not be planned", () => {
  it.each<[string, (audit: Audit) => string]>([
    ["HTML", html],
    ["JUnit", junit],
    ["SARIF", (each) => JSON.stringify(sarif(each))],
    ["OSCAL", (each) => JSON.stringify(oscal(each))],
  ])("is reported in %s, also where it was the only one", (_format, write) => {
    expect(write(audit)).toContain(text);
    expect(write(none)).toContain(text);
    expect(write(fixture)).not.toContain("could not be planned");
  });

  it("is a line of the table", () => {
    expect(csv(none).split("\r\n")[1]).toMatch(/^staging,,Not judged,,,,,ecluse:tier is not set,/);
  });

  it("breaks JUnit's suite of it, which GitLab shows, and SARIF's run", () => {
    expect(junit(audit)).toContain('<testsuite name="staging"');
    expect(junit(audit)).toContain('tests="10" failures="2" errors="1"');
    const run = (each: Audit) =>
      (sarif(each) as { runs: [{ invocations: object[] }] }).runs[0].invocations[0];
    expect(run(audit)).toMatchObject({ executionSuccessful: false });
    expect(run(fixture)).toMatchObject({ executionSuccessful: true });
  });

  it("leaves SARIF and OSCAL valid", async ({ skip }) => {
    const missing = await obstacle();
    if (missing) skip(missing);
    for (const each of [audit, none]) {
      expect(await wrong("sarif", sarif(each))).toEqual([]);
      expect(await wrong("oscal", oscal(each))).toEqual([]);
    }
  });
});
