// The files that GitLab, editors and bots read: each parses, and what it names is there.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { git } from "../local/forge/git";
import { projectRoot } from "../local/home";

const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");
const json = (file: string) => JSON.parse(read(file));
const tracked = git(projectRoot, ["ls-files"]).split("\n");
const scripts: Readonly<Record<string, string>> = json("package.json").scripts;

describe("CODEOWNERS", () => {
  const lines = read(".gitlab/CODEOWNERS")
    .split("\n")
    .filter((line) => line && !/^[#[]/.test(line));

  it("has an owner for everything, and for each path that it names", () => {
    expect(lines[0]).toMatch(/^\* \S+@\S+$/);
    expect(lines.filter((line) => !/^\S+( \S+@\S+)+$/.test(line))).toEqual([]);
  });

  it("names paths that exist", () => {
    const paths = lines.slice(1).map((line) => line.split(" ")[0] ?? "");
    expect(paths.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});

describe("templates of issues and merge requests", () => {
  const folders = [".gitlab/issue_templates", ".gitlab/merge_request_templates"];

  it.each(folders)("%s has a default, and each file has sections", (folder) => {
    const files = readdirSync(join(projectRoot, folder));
    expect(files).toContain("Default.md");
    for (const file of files) expect(read(`${folder}/${file}`), file).toMatch(/^## \S/m);
  });
});

describe(".editorconfig", () => {
  const sections = new Map(
    read(".editorconfig")
      .split(/^\[(?=.+\]$)/m)
      .map((text) => {
        const [head = "", ...lines] = text.split("\n");
        const pairs = lines.filter((line) => line).map((line) => line.split(" = ") as [string, string]);
        return [head.replace(/\]$/, ""), Object.fromEntries(pairs)] as const;
      }),
  );

  it("has the line width and indent of the formatters", () => {
    const { indentStyle, indentWidth, lineWidth } = json("biome.json").formatter;
    expect(sections.get("*")).toMatchObject({ indent_style: indentStyle, indent_size: String(indentWidth) });
    expect(sections.get("*.{ts,mjs,json}")).toEqual({ max_line_length: String(lineWidth) });
    const python = tracked
      .filter((file) => /^(python\/)?pyproject\.toml$/.test(file))
      .map(read)
      .join("\n");
    expect(sections.get("*.py")?.max_line_length).toBe(/^line-length = (\d+)$/m.exec(python)?.[1]);
  });
});

it("each hook of pre-commit runs a script or a program of the checkout", () => {
  const { repos } = parse(read(".pre-commit-config.yaml"));
  expect(repos.map(({ repo }: { repo: string }) => repo)).toEqual(["local"]);
  const entries: string[] = repos[0].hooks.map(({ entry }: { entry: string }) => entry);
  const unknown = entries.filter((entry) => {
    const script = /^npm run --silent (\S+)/.exec(entry)?.[1];
    const program = /^npx --no-install (\S+)/.exec(entry)?.[1];
    return (
      !(script && scripts[script]) &&
      !(program && existsSync(join(projectRoot, "node_modules/.bin", program)))
    );
  });
  expect(entries).toHaveLength(2);
  expect(unknown).toEqual([]);
});

describe("the dev container", () => {
  const dockerfile = read(".devcontainer/Dockerfile");

  it("is built from a file that is there, for an ordinary user that it makes", () => {
    const { build, remoteUser } = json(".devcontainer/devcontainer.json");
    expect(existsSync(join(projectRoot, ".devcontainer", build.dockerfile))).toBe(true);
    expect(remoteUser).not.toBe("root");
    expect(dockerfile).toMatch(new RegExp(`useradd .* ${remoteUser}\\nUSER ${remoteUser}\\n$`));
  });

  it("has the image and the packages of the pipeline's tests", () => {
    const { test, variables } = parse(read(".gitlab-ci.yml"));
    expect(dockerfile).toContain(`\nARG GO=${variables.GO_IMAGE}\nFROM \${GO}\n`);
    const packages = /--no-install-recommends (.*?)(?: \\)?$/m;
    expect(packages.exec(dockerfile)?.[1]).toBe(packages.exec(test.before_script[0])?.[1]);
  });
});

describe("renovate.json", () => {
  const config = json("renovate.json");
  const matching = (pattern: string) =>
    tracked.filter((file) => new RegExp(pattern.replace(/^\/|\/$/g, "")).test(file));

  it("finds files by each of its patterns", () => {
    const managers = [config.pip_requirements, config.gitlabci, ...config.customManagers];
    const patterns: string[] = managers.flatMap(({ managerFilePatterns }) => managerFilePatterns);
    expect(patterns).toHaveLength(8);
    expect(patterns.filter((pattern) => matching(pattern).length === 0)).toEqual([]);
  });

  it("finds a version by each of its own expressions", () => {
    const found = config.customManagers.map(
      ({ managerFilePatterns, matchStrings }: { managerFilePatterns: string[]; matchStrings: string[] }) => {
        const text = managerFilePatterns.flatMap(matching).map(read).join("\n");
        return matchStrings.flatMap((each) => [...text.matchAll(new RegExp(each, "g"))]).length;
      },
    );
    // NODE_IMAGE and GO_IMAGE; the mirrored images; pyright in the image of python-base.
    expect(found).toEqual([2, 5, 1]);
  });

  it("names files and scripts that exist", () => {
    const rules: { matchFileNames?: string[]; postUpgradeTasks?: { commands: string[] } }[] =
      config.packageRules;
    const named = rules.flatMap(({ matchFileNames = [] }) => matchFileNames);
    const missing = named.filter((name) => !existsSync(join(projectRoot, name.replace("/**", ""))));
    expect(missing).toEqual([]);
    const commands = rules.flatMap(({ postUpgradeTasks }) => postUpgradeTasks?.commands ?? []);
    expect(commands.filter((command) => !scripts[command.replace("npm run ", "")])).toEqual([]);
  });
});

describe("versions", () => {
  const { version } = json("package.json");

  it("are semantic without a prefix, and one for the components that use cases list and the template", () => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const listed = [...read("usecases/bank-churn/.gitlab-ci.yml").matchAll(/component: \S+@([\w.]+)/g)];
    expect([...new Set(listed.map(([, each]) => each))]).toEqual([version]);
    expect(parse(read("usecases/bank-churn/.copier-answers.yml"))._commit).toMatch(new RegExp(`^${version}`));
  });

  it("have a section each in the changelog, the newest first, in the groups of Keep a Changelog", () => {
    const headings = [...read("CHANGELOG.md").matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
    expect(headings[0]).toBe("[Unreleased]");
    expect(headings.slice(1).filter((each) => !/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/.test(each))).toEqual(
      [],
    );
    const groups = [...read("CHANGELOG.md").matchAll(/^### (.+)$/gm)].map(([, group = ""]) => group);
    const known = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    expect(groups.filter((group) => !known.includes(group))).toEqual([]);
  });
});
