import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { nodeBinary, projectRoot } from "../local/home";
import { answers, type Checkout, makeCheckout } from "./fixture";
import { answersOf, contracts, newUseCase, templates } from "./new";

const today = "2030-01-31";
const flags = { owner: "ada@example.com", purpose: "Says how late a train will be" };

describe("what no flag says", () => {
  it("has a default", async () => {
    expect(await answersOf("late-trains", { purpose: flags.purpose }, { today, email: flags.owner })).toEqual(
      {
        name: "late-trains",
        template: "classification",
        model: "sklearn",
        ...flags,
        team: "late-trains",
        dataClassification: "internal",
        riskClass: "limited",
        materiality: "medium",
        reviewBy: "2031-01-31",
        ownData: false,
      },
    );
  });

  it("is the day for the rows of a time series", async () => {
    const asked = { ...flags, template: "timeseries" };
    expect((await answersOf("late-trains", asked, { today })).step).toBe("day");
    expect((await answersOf("late-trains", { ...asked, step: "hour" }, { today })).step).toBe("hour");
  });

  it("is asked for on a terminal, and only what must be", async () => {
    const asked: [string, string | undefined][] = [];
    const ask = async (question: string, fallback?: string) => {
      asked.push([question, fallback]);
      return fallback ?? flags.purpose;
    };
    const answers = await answersOf("late-trains", {}, { today, ask, email: flags.owner });
    expect([answers.owner, answers.purpose]).toEqual([flags.owner, flags.purpose]);
    expect(asked).toEqual([
      ["E-mail of who answers for it", flags.owner],
      ["What it is for, in a line", undefined],
    ]);
    await answersOf("late-trains", flags, { today, ask });
    expect(asked).toHaveLength(2);
  });
});

describe("a wrong answer", () => {
  it.each([
    [{ owner: undefined }, /--owner is not set: set it to an e-mail address/],
    [{ owner: "ada" }, /--owner is "ada": set it to an e-mail address/],
    [{ purpose: undefined }, /--purpose is not set: say in a line of 10 to 200 characters what it is for/],
    [{ purpose: "two\nlines of text" }, /--purpose is "two\\nlines of text": say/],
    [
      { template: "vision" },
      /--template is "vision": set it to classification, multiclass, regression, timeseries/,
    ],
    [{ step: "hour" }, /--step is "hour": leave it out: --template timeseries alone has steps/],
    [{ template: "timeseries", step: "week" }, /--step is "week": set it to hour, day, month/],
    [{ model: "spark" }, /--model is "spark": set it to sklearn, xgboost, lightgbm, onnx/],
    [{ team: "a: b" }, /--team is "a: b": use letters/],
    [{ dataClassification: "secret" }, /--data-classification is "secret": set it to public, internal/],
    [{ riskClass: "none" }, /--risk-class is "none": set it to minimal, limited, high/],
    [{ materiality: "none" }, /--materiality is "none": set it to low, medium, high/],
    [
      { reviewBy: "2031-02-30" },
      /--review-by is "2031-02-30": set it to a day in the future, such as 2031-01-31/,
    ],
    [{ reviewBy: "2030-01-31" }, /--review-by is "2030-01-31": set it to a day in the future/],
    [{ reviewBy: "soon" }, /--review-by is "soon": set it to a day in the future/],
  ])("%o is refused", async (options, message) => {
    await expect(answersOf("late-trains", { ...flags, ...options }, { today })).rejects.toThrow(message);
  });
});

let checkout: Checkout;
beforeEach(() => {
  checkout = makeCheckout();
});
afterEach(() => checkout.remove());

const folder = "usecases/late-trains";
const stackFiles = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).filter(([name]) => /^Pulumi\..+\.yaml$/.test(name)));
/** The lines of a file that it did not have before. */
function addedLines(before: string, after: string): string[] {
  const lines = after.split("\n");
  const start = lines.findIndex((line, index) => line !== before.split("\n")[index]);
  return lines.slice(start, start + lines.length - before.split("\n").length);
}

test.each(templates)("the contract of a stack file is that of the template %s", (template) => {
  const folder = join(projectRoot, "blueprint/template", `{{ ${template} }}`, "src/{{ module }}");
  const code = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
  const { target, id, baseline } = contracts[template];
  expect(code).toMatch(new RegExp(`(target=|TARGET: Final = )"${target}"`));
  expect(code).toMatch(new RegExp(`\\b(id=|ID: Final = )"${id}"`));
  expect(/baseline="(\w+)"/.exec(code)?.[1]).toBe(baseline);
});

test("one of a file has the contract that was proposed, and local stacks name the file", async () => {
  const own = { source: "data/rows.csv", target: "late", id: "train", features: "CONTRACT = 1\n" };
  await newUseCase(checkout, { ...answers, template: "classification", ownData: true, own });
  expect(checkout.read(`${folder}/src/late_trains/features.py`)).toBe(own.features);
  const after = checkout.all();
  for (const stack of ["local-dev", "local-prod"]) {
    expect(after[`Pulumi.${stack}.yaml`]).toMatch(/target: late\n +id: train\n +source: data\/rows.csv\n/);
  }
  for (const stack of ["dev", "local-forge", "onprem-prod"])
    expect(after[`Pulumi.${stack}.yaml`]).not.toContain("rows.csv");
});

test("a use case is generated, and listed in every stack file with what its kind needs", async () => {
  const before = checkout.all();
  const made = await newUseCase(checkout, answers);
  expect(made).toMatchObject({ folder, version: "0.1.0", missing: [] });
  expect(made.environments).toEqual([
    { name: "dev", tier: "development" },
    { name: "prod", tier: "production" },
  ]);
  expect(checkout.read(`${folder}/README.md`)).toBe("# late-trains\n\nOf ada@example.com.\n");
  expect(checkout.read(`${folder}/pipeline.yml`)).toBe("stages:\n  - dev\n  - prod\n");
  expect(checkout.read(`${folder}/.copier-answers.yml`)).toContain(
    "_commit: 0.1.0\n_src_path: blueprint.git\n",
  );
  expect(checkout.read(`${folder}/.copier-answers.yml`)).not.toContain(checkout.root);

  const after = checkout.all();
  const added = (file: string) =>
    addedLines(before[file] ?? "", after[file] ?? "").map((line) => line.trim());
  expect(added("Pulumi.local-forge.yaml")).toEqual(["- name: late-trains"]);
  const environment = [
    "- name: late-trains",
    "contract:",
    "target: heating_kwh",
    "id: building_id",
    "gates:",
    "metric: r2",
  ];
  expect(added("Pulumi.local-prod.yaml")).toEqual(environment);
  expect(added("Pulumi.dev.yaml")).toEqual([
    ...environment,
    "accountability:",
    "owner: ada@example.com",
    "team: timetable",
    'purpose: "Says how late a train will be: no promise"',
    "riskClass: limited",
    "materiality: medium",
    'reviewBy: "2031-01-31"',
  ]);
  for (const [file, text] of Object.entries(stackFiles(before))) {
    const lines = addedLines(text, after[file] ?? "");
    expect(lines).not.toEqual([]);
    // Comments, flow style and long lines are as they were.
    expect(after[file]?.replace(`${lines.join("\n")}\n`, "")).toBe(text);
  }
  expect(Object.keys(after).filter((file) => /\.new/.test(file))).toEqual([]);
});

describe("a use case that cannot be is refused before anything is written", () => {
  it.each([
    ["Trains", /name is "Trains": use 1 to 30 of a-z, 0-9 and -/],
    ["../trains", /name is "\.\.\/trains": use 1 to 30/],
    ["t".repeat(31), /use at most 30 characters/],
    [
      "platform",
      /name is "platform": is reserved, as a namespace and a project of the platform: choose another/,
    ],
    ["blob", /is reserved, as a service of the platform/],
    ["new", /is reserved, as part of GitLab's own addresses/],
    ["model-tests", /is reserved, as a folder of every use case/],
    ["json", /Python has a module json already: choose another, such as json-risk/],
    ["class", /Python has a module class already/],
    ["pandas", /Python has a module pandas already/],
    ["bank-churn", /is taken: Pulumi\.dev\.yaml has it in ecluse:useCases; choose another, or remove it/],
    ["bank-churn-ci", /is the namespace of the jobs of bank-churn/],
    ["night-trains", /is taken: usecases\/Night-Trains is there/],
    ["fast-trains", /its module fast_trains is that of usecases\/old-trains/],
  ])("%s", async (name, message) => {
    checkout.write("usecases/Night-Trains/README.md", "");
    checkout.write("usecases/old-trains/src/fast_trains/__init__.py", "");
    const before = checkout.all();
    await expect(newUseCase(checkout, { ...answers, name })).rejects.toThrow(message);
    expect(checkout.all()).toEqual(before);
  });

  it("with a stack file that is no YAML, or a template that does not render", async () => {
    checkout.write("Pulumi.broken.yaml", "config: [");
    const before = checkout.all();
    await expect(newUseCase(checkout, answers)).rejects.toThrow(/Pulumi\.broken\.yaml is no YAML/);
    expect(checkout.all()).toEqual(before);
    rmSync(join(checkout.root, "Pulumi.broken.yaml"));

    checkout.release("0.2.0", { "wrong.jinja": "{{ nothing.of.it }}" });
    const stacks = stackFiles(checkout.all());
    await expect(newUseCase(checkout, answers)).rejects.toThrow(/copier copy ended with 1: .*nothing/s);
    expect(stackFiles(checkout.all())).toEqual(stacks);
    expect(existsSync(join(checkout.root, "usecases/.late-trains.new"))).toBe(false);
  });

  it("when it is stopped", async () => {
    const before = checkout.all();
    const stopped = newUseCase(checkout, answers, AbortSignal.abort());
    await expect(stopped).rejects.toThrow("stopped: nothing was made of late-trains");
    expect(checkout.all()).toEqual(before);
  });
});

test("environments are in the pipeline in promotion order, and those without a local stack are named", async () => {
  const local = checkout.read("Pulumi.local-dev.yaml").replace("environment: dev", "environment: uat");
  checkout.write("Pulumi.local-uat.yaml", local.replace("tier: development", "tier: staging"));
  const cloud = checkout.read("Pulumi.onprem-dev.yaml").replace("environment: dev", "environment: it");
  checkout.write("Pulumi.onprem-it.yaml", cloud);
  const { environments, missing } = await newUseCase(checkout, answers);
  expect(environments.map(({ name }) => name)).toEqual(["dev", "uat", "prod"]);
  expect(missing).toEqual(["it"]);
  expect(checkout.read("Pulumi.local-uat.yaml")).toContain("    - name: late-trains\n");
});

describe("a run that is broken off", () => {
  it("by kill -9 while it generates: no use case is there, and the next run makes it", async () => {
    const place = JSON.stringify({ root: checkout.root, home: checkout.home });
    const code = `require("./cli/new").newUseCase(${place}, ${JSON.stringify(answers)})`;
    const env = { ...process.env, TMPDIR: checkout.home };
    const child = spawn(nodeBinary, ["--import", "tsx", "-e", code], {
      cwd: projectRoot,
      env,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("close", (_, signal) => resolve(signal)));
    const draft = join(checkout.root, "usecases/.late-trains.new");
    while (!existsSync(join(draft, "answers.json")) && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    expect(existsSync(join(checkout.root, folder))).toBe(false);
    expect(Object.values(stackFiles(checkout.all())).join()).not.toContain("late-trains");

    await newUseCase(checkout, answers);
    expect(existsSync(draft)).toBe(false);
    expect(checkout.read("Pulumi.prod.yaml")).toContain("- name: late-trains");
  });

  it("between two stack files: the next run with the same answers lists it in the rest", async () => {
    const inTheWay = join(checkout.root, `Pulumi.local-prod.yaml.${process.pid}.new`);
    mkdirSync(inTheWay);
    await expect(newUseCase(checkout, answers)).rejects.toThrow(/EISDIR/);
    expect(checkout.read("Pulumi.local-dev.yaml")).toContain("late-trains");
    expect(checkout.read("Pulumi.local-prod.yaml")).not.toContain("late-trains");
    rmSync(inTheWay, { recursive: true });
    checkout.write(`${folder}/edited.txt`, "kept");

    await expect(newUseCase(checkout, { ...answers, team: "other" })).rejects.toThrow(
      /team is "other": a run that broke off began late-trains with "timetable": give that, or remove/,
    );
    await newUseCase(checkout, answers);
    expect(checkout.read("Pulumi.local-prod.yaml").match(/late-trains/g)).toHaveLength(1);
    expect(checkout.read("Pulumi.local-dev.yaml").match(/late-trains/g)).toHaveLength(1);
    expect(checkout.read(`${folder}/edited.txt`)).toBe("kept");
    await expect(newUseCase(checkout, answers)).rejects.toThrow(/is taken/);
  });

  it("does not meet one that is at work", async () => {
    const both = await Promise.allSettled([
      newUseCase(checkout, answers),
      newUseCase(checkout, { ...answers, name: "late-buses" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});
