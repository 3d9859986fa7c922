import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Status } from "../../cli/status";
import { projectRoot } from "../../local/home";
import { ecluse } from "../platform/setup";

let home: string;
let root: string;
const call = (...words: string[]) => ecluse(words, { ECLUSE_HOME: home }, root);

// Installed packages are the checkout's; state and caches are nobody's.
const linked = ["node_modules", ".venv", ".uv"];
const left = [...linked, ".git", ".ecluse", "__pycache__", ".pytest_cache", ".ruff_cache"];

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "ecluse-home-"));
  root = mkdtempSync(join(tmpdir(), "ecluse-checkout-"));
  const isCode = (path: string) => !left.includes(path.split("/").at(-1) ?? "");
  cpSync(projectRoot, root, { recursive: true, filter: isCode });
  for (const name of linked) symlinkSync(join(projectRoot, name), join(root, name));
});

afterAll(async () => {
  await call("stop");
  for (const folder of [home, root]) rmSync(folder, { recursive: true, force: true });
});

/** Takes a use case off every local stack. */
function unlist(name: string): void {
  for (const stack of ["local-forge", "local-dev", "local-prod"]) {
    const file = join(root, `Pulumi.${stack}.yaml`);
    const entry = new RegExp(` {4}- name: ${name}\n( {6}.*\n)*`);
    writeFileSync(file, readFileSync(file, "utf8").replace(entry, ""));
  }
}

async function make(name: string, template: string, model: string): Promise<void> {
  const about = ["--owner", "ada@example.com", "--purpose", "Shows that what is generated works"];
  const { code, stderr } = await call(
    "new",
    name,
    "--template",
    template,
    "--model",
    model,
    ...about,
    "--json",
  );
  expect([code, stderr]).toEqual([0, ""]);
}

/** Takes a use case to production, and looks at what both environments then have. */
async function expectInProduction(name: string, kind: string, format: string): Promise<void> {
  const { code, stdout, stderr } = await call("run", name);
  expect([code, stdout], stderr.slice(-6000)).toEqual([0, `${name} is in production.\n`]);
  const found = (day: string) => new RegExp(`the monitor found the ${day} day (\\w+)`).exec(stderr)?.[1];
  expect(found("clean")).toBe("fine");
  expect(found("drifted")).toMatch(/warning|critical/);
  const { environments } = JSON.parse((await call("status", "--json")).stdout) as Status;
  expect(environments.map(({ environment }) => environment)).toEqual(["dev", "prod"]);
  const [dev, prod] = environments.map(({ useCases }) => useCases[name]?.champion);
  expect([dev?.version, prod?.version]).toEqual(["1", "1"]);
  expect([prod?.kind, prod?.format]).toEqual([kind, format]);
  // Only code passed: production trained the very commit that development had.
  expect(prod?.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(prod?.commit).toBe(dev?.commit);
}

interface ClassScore {
  readonly score: number;
  readonly class: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** What a caller gets of several classes: the likeliest by name, and the probability of each. */
async function expectClassesByName(name: string): Promise<void> {
  const numbers = { age: 40, household: 4, data_gb: 20, call_hours: 5, days_abroad: 3 };
  const row = JSON.stringify({ region: "north", channel: "shop", ...numbers });
  const { code, stdout, stderr } = await call("score", "prod", name, "--row", row);
  expect(code, stderr).toBe(0);
  const { predictions } = JSON.parse(stdout) as { predictions: [ClassScore] };
  const [{ probabilities, score, class: predicted }] = predictions;
  expect(Object.keys(probabilities)).toEqual(["basic", "family", "business"]);
  const shares = Object.values(probabilities);
  expect(shares.reduce((sum, each) => sum + each)).toBeCloseTo(1);
  expect([score, probabilities[predicted]]).toEqual([Math.max(...shares), Math.max(...shares)]);
}

/** What was just scored is erased by its id, though the server may still hold it, and is found no more. */
async function expectErased(name: string): Promise<void> {
  const erase = async () => {
    const { code, stdout, stderr } = await call("erase", "prod", name, "--id", "row", "--json");
    expect(code, stderr).toBe(0);
    const { predictions, labels, reports } = JSON.parse(stdout);
    return [predictions, labels, reports];
  };
  expect(await erase()).toEqual([1, 0, 0]);
  expect(await erase()).toEqual([0, 0, 0]);
}

describe("a use case that was just made goes through the whole chain", () => {
  it("on a machine where nothing is up: a regression by XGBoost", async () => {
    await make("heating-cost", "regression", "xgboost");
    unlist("bank-churn");
    await expectInProduction("heating-cost", "regressor", "xgboost-json");
  });

  it("beside one that is in production: a time series by LightGBM", async () => {
    await make("shop-demand", "timeseries", "lightgbm");
    await expectInProduction("shop-demand", "regressor", "lightgbm-text");
    expect((await call("run", "heating-cost")).stdout).toBe("Nothing to change.\n");
  });

  it("a classification by ONNX", async () => {
    await make("machine-failure", "classification", "onnx");
    await expectInProduction("machine-failure", "classifier", "onnx");
  });

  it("three classes by scikit-learn", async () => {
    await make("phone-plan", "multiclass", "sklearn");
    await expectInProduction("phone-plan", "multiclass", "skops");
    await expectClassesByName("phone-plan");
    await expectErased("phone-plan");
  });
});

/** An export of a German program: semicolons, decimal commas, an old encoding, and a text that no model takes. */
function germanFile(): string {
  const lines = ["Kunde;Alter;Stadt;Umsatz;Bemerkung;gekündigt"];
  for (let row = 0; row < 60_000; row++) {
    // Steps that share no divisor: every age meets every town and sale.
    const [age, sales] = [18 + (row % 61), ((row * 7919) % 9001) + ((row * 31) % 100) / 100];
    const town = ["Köln", "Ulm", "Bonn"][(row * 17) % 3] as string;
    const odds = 2 + (sales - 4500) / 1500 + (town === "Ulm" ? 2 : 0) - ((age - 48) / 12) ** 2;
    const left = ((row * 104_729) % 9973) / 9973 < 1 / (1 + Math.exp(odds)) ? "ja" : "nein";
    const money = row % 50 === 0 ? "-" : sales.toLocaleString("de-DE", { minimumFractionDigits: 2 });
    lines.push(`K${row};${age};${town};${money};Notiz ${row};${left}`);
  }
  const file = join(root, "kunden.csv");
  writeFileSync(file, Buffer.from(`${lines.join("\n")}\n`, "latin1"));
  return file;
}

it("a file of rows becomes a use case in production, by two commands", async () => {
  const about = ["--owner", "ada@example.com", "--purpose", "Says which customers may leave", "--json"];
  const made = await call("new", "leavers", "--from", germanFile(), "--target", "gekündigt", ...about);
  expect([made.code, made.stderr]).toEqual([0, ""]);
  const { code, stdout, stderr } = await call("run", "leavers");
  expect([code, stdout], stderr.slice(-6000)).toEqual([0, "leavers is in production.\n"]);
  // Nobody's made-up customers are scored by it.
  expect(stderr).not.toMatch(/clean day/);
  const row = { Alter: 40, Stadt: "Köln", Umsatz: null };
  const scored = await call("score", "prod", "leavers", "--row", JSON.stringify(row));
  expect(scored.code, scored.stderr).toBe(0);
});

it("one of scikit-learn passes its own checks and tests, in the image that the others have", async () => {
  await make("late-payer", "classification", "sklearn");
  const images = join(home, "forge/images");
  const [image = ""] = readdirSync(images);
  const env = {
    ...process.env,
    PATH: [join(images, image, "bin"), process.env.PATH].join(delimiter),
  };
  const run = (program: string, ...words: string[]) =>
    execFileSync(program, words, { cwd: join(root, "usecases/late-payer"), env });
  run("python", "-m", "ruff", "format", "--check", ".");
  run("python", "-m", "ruff", "check", ".");
  run("pyright");
  run("python", "-m", "ecluse", "scan-secrets");
  run("python", "-m", "ecluse", "test");
});
