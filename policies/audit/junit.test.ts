import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../local/home";
import { fixture, hostile } from "./fixture";
import { junit } from "./junit";

/** An element as `program` gives it. */
interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}

const program = `
import json, sys, xml.etree.ElementTree as tree
def plain(e): return {"tag": e.tag, "attributes": e.attrib, "text": e.text or "", "children": [plain(c) for c in e]}
print(json.dumps(plain(tree.fromstring(sys.stdin.buffer.read()))))
`;

/** Reads XML by Python's parser, which refuses what is not well-formed. */
function read(xml: string): Element {
  const words = ["-c", program];
  const python = join(projectRoot, ".venv/bin/python");
  return JSON.parse(execFileSync(python, words, { input: xml, encoding: "utf8" })) as Element;
}

describe("junit", () => {
  const root = read(junit(fixture));
  const cases = root.children.flatMap(({ children }) => children);

  it("is well-formed, whatever stands in a message", () => {
    const odd = `${hostile}\u0000\u001b\uffff😀`;
    const entries = fixture.entries.map((entry) => ({ ...entry, why: odd }));
    const [, dev] = read(junit({ ...fixture, entries })).children;
    expect(dev?.children[0]?.children[0]?.text).toBe(`Advisory, critical: ${hostile}   😀`);
  });

  it("counts what stops as a failure, and what is not proved as skipped", () => {
    expect(root.attributes).toMatchObject({ tests: "9", failures: "2", errors: "0", skipped: "3" });
    expect(root.children.map(({ tag, attributes }) => ({ tag, ...attributes }))).toMatchObject([
      { tag: "testsuite", name: "waivers", tests: "1", failures: "1", skipped: "0" },
      { tag: "testsuite", name: "dev", tests: "1", failures: "0", skipped: "0" },
      { tag: "testsuite", name: "prod", tests: "7", failures: "1", skipped: "3" },
    ]);
    const of = (tag: string) =>
      cases.filter(({ children }) => children.some((child) => child.tag === tag)).length;
    expect([cases.length, of("failure"), of("skipped"), of("system-out")]).toEqual([9, 2, 3, 1]);
  });

  it("says what, why and where", () => {
    expect(cases[2]).toMatchObject({
      attributes: {
        classname: `KV-01 Vaults keep what was deleted. ${hostile}`,
        name: "urn:pulumi:prod::ecluse::azure-native:keyvault:Vault::vault",
        file: "components/azure/vault.ts:52",
      },
      children: [{ tag: "failure", attributes: { message: `Violation, critical: it is off ${hostile}` } }],
    });
  });

  it("fails for each waiver that is over, as the audit does, and has no suite of them where none is", () => {
    expect(cases[0]).toMatchObject({
      attributes: { classname: "waiver", name: "W-0" },
      children: [
        {
          tag: "failure",
          attributes: {
            message: "waiver W-0 of KV-02 is over since 2026-02-01: fix what it covered, or decide again",
          },
        },
      ],
    });
    const none = read(junit({ ...fixture, waivers: { over: [], unused: [] } }));
    expect(none.attributes).toMatchObject({ tests: "8", failures: "1" });
    expect(none.children.map(({ attributes }) => attributes.name)).toEqual(["dev", "prod"]);
  });

  it("says why a case is skipped", () => {
    const messages = cases.flatMap(({ children }) =>
      children.filter(({ tag }) => tag === "skipped").map(({ attributes }) => attributes.message),
    );
    expect(messages).toEqual([
      `Waived: until 2026-06-01: accepted for now ${hostile}`,
      "Open: why KV-10 is open",
      "Not applicable: why AKS-01 is notApplicable",
    ]);
  });
});
