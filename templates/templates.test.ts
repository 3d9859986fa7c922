import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { deploymentTier } from "../components/gitlab/conventions";
import { projectRoot } from "../local/home";
import { version } from "../package.json";
import { expand, four, pipelineFile, two } from "./fixture";

const useCaseFile = readFileSync(join(projectRoot, "usecases/bank-churn/.gitlab-ci.yml"), "utf8");
const files = readdirSync(__dirname).filter((name) => name.endsWith(".yml"));

type Input = { description?: string; type?: string; options?: string[]; regex?: string; default?: unknown };

const inputsOf = (file: string): Record<string, Input> => {
  const [header] = parseAllDocuments(readFileSync(join(__dirname, file), "utf8"));
  return header?.toJS().spec.inputs;
};

describe("the components", () => {
  it("are the eight of the chain", () => {
    expect(files).toEqual(
      ["check", "model-test", "monitor", "package", "promote", "release", "retrain", "train"].map(
        (name) => `${name}.yml`,
      ),
    );
  });

  it.each(files)(
    "%s describes each input, and holds a text to a pattern, to options or to a default",
    (file) => {
      for (const { description, type, options, regex, default: value } of Object.values(inputsOf(file))) {
        expect(description).toMatch(/^[A-Z]/);
        expect(type ?? options ?? regex ?? value).toBeDefined();
      }
    },
  );

  it("share a file that GitLab takes for no component, and that each includes which extends a job of it", () => {
    const shared = readdirSync(join(__dirname, "shared"));
    expect(shared).toEqual(["python.yml"]);
    for (const file of files) {
      const text = readFileSync(join(__dirname, file), "utf8");
      expect(/\.ecluse-/.test(text), file).toBe(text.includes("\n  - local: /templates/shared/python.yml\n"));
      expect(text).not.toContain("uv pip");
    }
  });

  it("take a tier in GitLab's words", () => {
    const tiers = (["development", "integration", "staging", "production"] as const).map(deploymentTier);
    for (const file of files) expect(inputsOf(file).tier?.options ?? tiers).toEqual(tiers);
  });
});

describe("a use case's file", () => {
  it("lists components alone, in under 40 lines, also for four environments", () => {
    const keys = Object.keys(parse(useCaseFile));
    expect(keys).toEqual(["stages", "workflow", "include"]);
    for (const text of [useCaseFile, pipelineFile(four)])
      expect(text.trim().split("\n").length).toBeLessThan(40);
  });

  it("is what two environments come to, at the platform's version", () => {
    const { include: expected } = parse(pipelineFile(two));
    const { include } = parse(useCaseFile);
    const byText = (entries: unknown[]) => entries.map((entry) => JSON.stringify(entry)).sort();
    expect(byText(include)).toEqual(byText(expected));
    expect(new Set(useCaseFile.match(/@[\d.]+/g))).toEqual(new Set([`@${version}`]));
  });

  it("gives components the inputs that they know, and all that have no default", () => {
    for (const { component, inputs = {} } of parse(useCaseFile).include) {
      const known = inputsOf(`${/platform\/([a-z-]+)@/.exec(component)?.[1]}.yml`);
      const needed = Object.keys(known).filter((key) => known[key]?.default === undefined);
      expect(Object.keys(known)).toEqual(expect.arrayContaining(Object.keys(inputs)));
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(needed));
    }
  });

  it.each([
    ["a wrong key", "\ncheck: { artifacts: { expires: 1 day } }\n", /'expires' property is not expected/],
    ["an unknown tier", "", /tier.*not in the list of allowed options/],
    ["an environment that is no name", "", /environment.*does not match required regex/],
  ])("is refused with %s", async (what, more, reason) => {
    const text = what.includes("tier")
      ? useCaseFile.replaceAll("tier: production", "tier: prod")
      : what.includes("environment")
        ? useCaseFile.replaceAll("environment: prod", "environment: Prod")
        : useCaseFile + more;
    await expect(expand(text, "main")).rejects.toThrow(reason);
  });
});
