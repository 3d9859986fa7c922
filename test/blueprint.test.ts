import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { libraries, steps, templates } from "../cli/new";
import { git } from "../local/forge/git";
import { homeFolder, projectRoot } from "../local/home";
import { python } from "../local/provider/supervisor";
import { four, pipelineFile, two } from "../templates/fixture";
import { filesOf, openWorkshop, type Workshop } from "./blueprintFixture";

const bankChurn = join(projectRoot, "usecases/bank-churn");
const ruff = join(projectRoot, ".venv/bin/ruff");
let workshop: Workshop;

beforeAll(() => {
  workshop = openWorkshop();
});
afterAll(() => workshop.remove());

/** The files that the template begins and then leaves to the team, as `copier.yml` names them. */
function ownFiles(root: string): string[] {
  const { _exclude } = parse(readFileSync(join(projectRoot, "blueprint/copier.yml"), "utf8")) as {
    _exclude: string[];
  };
  const patterns = _exclude.flatMap((each) => each.match(/^\/.+$/gm) ?? []);
  return patterns
    .flatMap((pattern) =>
      globSync(`${pattern.slice(1)}${pattern.endsWith("/") ? "**/*" : ""}`, { cwd: root }),
    )
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();
}

describe("bank-churn is made from the template", () => {
  let made: string;
  const read = (root: string, file: string) =>
    readFileSync(join(root, file), "utf8").replace(/^_commit: .*$/m, "_commit: …");

  beforeAll(async () => {
    const answers = parse(readFileSync(join(bankChurn, ".copier-answers.yml"), "utf8")) as { name: string };
    made = await workshop.make(answers.name, answers);
  });

  it("in every byte of what is not its own", () => {
    const kept = filesOf(made).filter((file) => !ownFiles(made).includes(file));
    expect(kept.length).toBeGreaterThanOrEqual(10);
    for (const file of kept) expect(read(bankChurn, file), file).toBe(read(made, file));
  });

  it("and its own is what the template leaves to it, and what makes its customers", () => {
    const tracked = git(bankChurn, ["ls-files", "--cached", "--others", "--exclude-standard", "."]).split(
      "\n",
    );
    const there = tracked.filter((file) => existsSync(join(bankChurn, file)));
    const kept = filesOf(made).filter((file) => !ownFiles(made).includes(file));
    const customers = ["calibrate", "churn"].map((module) => `src/bank_churn/${module}.py`);
    const tests = ["tests/test_population.py"];
    expect(there.filter((file) => !kept.includes(file)).sort()).toEqual(
      [...ownFiles(made), ...customers, ...tests].sort(),
    );
  });

  it("and no path of a machine is in its answers", () => {
    const answers = readFileSync(join(made, ".copier-answers.yml"), "utf8");
    expect(answers).toContain("_src_path: blueprint.git\n");
    for (const path of [projectRoot, workshop.place.home, homeFolder()]) expect(answers).not.toContain(path);
  });
});

describe.each(templates)("%s", (template) => {
  it.each(libraries)("has a model of %s, formatted and clean", async (model) => {
    const made = await workshop.make("some-case", { template, model });
    execFileSync(ruff, ["format", "--quiet", "--check", "--no-cache", "."], { cwd: made });
    execFileSync(ruff, ["check", "--quiet", "--no-cache", "."], { cwd: made });
    const code = readFileSync(join(made, "src/some_case/model.py"), "utf8");
    for (const each of libraries.slice(1))
      expect(code.includes(each === "onnx" ? "import to_onnx" : `from ${each} `), each).toBe(each === model);
  });

  const words = { purpose: `Says "what" \\n is next, bientôt: 100 %`, team: `L'équipe "A"` };

  it.each(["q", "abcdefghijklmnopqrstuvwxyz-234"])(
    "is formatted and clean under the name %s",
    async (name) => {
      const made = await workshop.make(name, { template, ...words });
      execFileSync(ruff, ["format", "--quiet", "--check", "--no-cache", "."], { cwd: made });
      execFileSync(ruff, ["check", "--quiet", "--no-cache", "."], { cwd: made });
      const toml =
        "import tomllib; print(tomllib.load(open('pyproject.toml', 'rb'))['project']['description'])";
      const described = execFileSync(python, ["-c", toml], { cwd: made });
      expect(described.toString()).toBe(`${words.purpose}\n`);
      expect(parse(readFileSync(join(made, ".copier-answers.yml"), "utf8"))).toMatchObject({
        name,
        template,
        ...words,
      });
    },
  );

  it("has what a use case must have", async () => {
    const files = filesOf(await workshop.make("some-case", { template }));
    expect(files).toEqual(
      expect.arrayContaining([
        ".devcontainer/devcontainer.json",
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
        "Dockerfile",
        "MODEL_CARD.md",
        "README.md",
        "src/some_case/limits.yaml",
        "monitor.yaml",
        "notebooks/first-look.ipynb",
        "src/some_case/features.py",
        "src/some_case/model.py",
      ]),
    );
  });
});

it.each(steps)("a time series by the %s is formatted and clean, and its own tests pass", async (step) => {
  const made = await workshop.make("some-case", { template: "timeseries", step });
  execFileSync(ruff, ["format", "--quiet", "--check", "--no-cache", "."], { cwd: made });
  execFileSync(ruff, ["check", "--quiet", "--no-cache", "."], { cwd: made });
  const env = { ...process.env, PYTHONPATH: `${join(made, "src")}:${join(projectRoot, "python")}` };
  const words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:warnings", "tests"];
  execFileSync(python, words, { cwd: made, env, stdio: "pipe" });
});

it.each([[two], [four]])(
  "the pipeline of environments %j is the one that is tried with the components",
  async (steps) => {
    const tiers: Readonly<Record<string, string>> = { testing: "integration" };
    const environments = steps.map(([name, tier]) => ({ name, tier: tiers[tier] ?? tier }));
    const made = await workshop.make("some-case", { environments });
    const lines = readFileSync(join(made, ".gitlab-ci.yml"), "utf8").replace(/^#.*\n/gm, "");
    expect(lines).toBe(pipelineFile(steps));
  },
);
