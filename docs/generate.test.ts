import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../local/home";
import { allTables, filled, outdated } from "./generate";
import { countTypes, previewed, resourceTable } from "./resourceTable";

it("has the tables that the code and the previews of the four stacks give", {
  timeout: 240_000,
}, async () => {
  expect([...outdated(await allTables()).keys()]).toEqual([]);
});

describe("a page", () => {
  const page = "before\n<!-- generated: one -->\nold\n<!-- end -->\nafter\n";

  it("gets what is between its markers, and keeps the rest", () => {
    const wanted = "before\n<!-- generated: one -->\nnew $1\n<!-- end -->\nafter\n";
    expect(filled(page, { one: "new $1" })).toBe(wanted);
    expect(filled(wanted, { one: "new $1" })).toBe(wanted);
  });

  it("is refused with a table that nobody makes, or a marker without an end", () => {
    expect(() => filled(page, { other: "" })).toThrow(/no table one: use one of other/);
    expect(() => filled("<!-- generated: one -->\nold\n", { one: "new" })).toThrow(/has no `<!-- end -->`/);
  });
});

describe("the table of resources", () => {
  it("counts what is in a cloud, side by side", () => {
    const urns = [
      "pulumi:pulumi:Stack",
      "pulumi:providers:tls",
      "ecluse:azure:Network",
      "tls:index/privateKey:PrivateKey",
    ];
    const counts = countTypes(urns.map((type, at) => `urn:pulumi:dev::ecluse::${type}::r${at}`));
    expect(counts).toEqual({ "tls:index/privateKey:PrivateKey": 1 });
    const lines = resourceTable([
      { stack: "dev", counts },
      { stack: "prod", counts: { "tls:index/privateKey:PrivateKey": 2, "kubernetes:core/v1:Service": 1 } },
    ]).split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[2]).toMatch(/`tls:index\/privateKey:PrivateKey` \|.*\| 1 \| 2 \|$/);
    expect(lines[3]).toMatch(/`kubernetes:core\/v1:Service` \|.*\| 0 \| 1 \|$/);
    expect(lines[4]).toMatch(/^\| all .*\| 1 \| 3 \|$/);
  });

  it("refuses a type that nobody has explained", () => {
    expect(() => resourceTable([{ stack: "dev", counts: { "azure-native:sql:Server": 1 } }])).toThrow(
      /azure-native:sql:Server has no meaning: add it to docs\/resourceMeanings\.ts/,
    );
  });
});

/** Pulumi's wildcards: `**` for anything, `*` for anything without a colon. */
function wildcard(target: string): RegExp {
  const plain = (text: string) => text.replace(/[.$^(){}[\]|+?\\]/g, "\\$&");
  const between = (text: string) => text.split("*").map(plain).join("[^:]*");
  return new RegExp(`^${target.split("**").map(between).join(".*")}$`);
}

describe.each([
  ["azure", ["dev", "prod"]],
  ["kubernetes", ["onprem-dev", "onprem-prod"]],
])("a first part of an environment, as docs/%s.md has Pulumi make it", (page, stacks) => {
  const text = readFileSync(join(projectRoot, `docs/${page}.md`), "utf8");
  const commands = [...text.matchAll(/^npx pulumi up .*--target.*$/gm)].map(([line]) =>
    [...line.matchAll(/--target '([^']+)'/g)].map(([, target]) => wildcard(target as string)),
  );

  it.each(stacks)("has in %s all that it depends on", { timeout: 60_000 }, async (stack) => {
    expect(commands.length).toBeGreaterThan(0);
    const resources = await previewed(stack);
    for (const targets of commands) {
      for (const target of targets) expect(resources.filter(({ urn }) => target.test(urn))).not.toEqual([]);
      const made = resources.filter(({ urn }) => targets.some((target) => target.test(urn)));
      const needed = made.flatMap(({ dependencies = [], parent }) => [...dependencies, parent ?? ""]);
      // Pulumi makes the stack and its providers by itself.
      const others = needed.filter((urn) => !/^$|pulumi:pulumi:Stack|pulumi:providers:/.test(urn));
      const names = new Set(made.map(({ urn }) => urn));
      expect(others.filter((urn) => !names.has(urn))).toEqual([]);
    }
  });
});
