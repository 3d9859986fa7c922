import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { InputError } from "../components/errors";
import { checkUseCaseName } from "../components/naming";
import {
  type Accountability,
  type ContractSettings,
  dataClassifications,
  type Governance,
  materialities,
  riskClasses,
} from "../components/settings";
import { writeWhole } from "../local/durable";
import { takeLock } from "../local/lock";
import { python } from "../local/provider/supervisor";
import { copier, type Place, projectAnswers, publishTemplate, templateName } from "./blueprint";
import {
  groupOf,
  type PipelineEnvironment,
  pipelineEnvironments,
  readStackFiles,
  registered,
  type StackFile,
  useCasesOf,
} from "./stackFiles";
import { moduleOf, UserError } from "./stacks";
import type { Ask } from "./terminal";

/** What a use case's model predicts; each has a template. */
export const templates = ["classification", "multiclass", "regression", "timeseries"] as const;

/** What the rows of a time series go by. */
export const steps = ["hour", "day", "month"] as const;

/** The library of a use case's model; each has a folder of the template. */
export const libraries = ["sklearn", "xgboost", "lightgbm", "onnx"] as const;

/** The columns of each template's data that the release judges by, as its `features.py` names them. */
export const contracts: Readonly<Record<(typeof templates)[number], ContractSettings>> = {
  classification: { target: "failed", id: "machine_id" },
  multiclass: { target: "plan", id: "customer_id" },
  regression: { target: "heating_kwh", id: "building_id" },
  timeseries: { target: "demand", id: "row_id", baseline: "season_ago" },
};

/** What the release judges each template's models by, where that is not the default of a stack file. */
const metrics: Readonly<Partial<Record<(typeof templates)[number], "roc_auc_ovr" | "r2">>> = {
  multiclass: "roc_auc_ovr",
  regression: "r2",
  timeseries: "r2",
};

/** The answers that flags gave to `ecluse new`. */
export interface NewOptions {
  readonly template?: string;
  readonly step?: string;
  readonly model?: string;
  readonly owner?: string;
  readonly team?: string;
  readonly purpose?: string;
  readonly dataClassification?: string;
  readonly riskClass?: string;
  readonly materiality?: string;
  readonly reviewBy?: string;
  readonly ownData?: boolean;
}

/** A file of rows that a use case is made for. */
export interface OwnFile {
  /** As stack files name it: relative to the checkout, or absolute where it is elsewhere. */
  readonly source: string;
  readonly target: string;
  readonly id: string;
  /** Of a time series: the input that is a forecast by itself. */
  readonly baseline?: string;
  /** The data contract that fits it, as `features.py` has it. */
  readonly features: string;
}

/** All that a use case is made from. */
export interface Answers extends Accountability {
  readonly name: string;
  readonly template: (typeof templates)[number];
  /** Of a time series. */
  readonly step?: (typeof steps)[number];
  readonly model: (typeof libraries)[number];
  readonly dataClassification: Governance["dataClassification"];
  /** Whether it waits for data of its own, and begins with none made up. */
  readonly ownData: boolean;
  /** The file that its data contract is proposed from. */
  readonly own?: OwnFile;
}

/** The e-mail address that the user's git knows, or undefined. */
export function gitEmail(folder: string): string | undefined {
  try {
    const words = ["-C", folder, "config", "user.email"];
    return execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

function choice<T extends string>(flag: string, value: string, options: readonly T[]): T {
  if (options.includes(value as T)) return value as T;
  throw new InputError(flag, value, `set it to ${options.join(", ")}`);
}

function matching(flag: string, value: string | undefined, pattern: RegExp, fix: string): string {
  if (value !== undefined && pattern.test(value)) return value;
  throw new InputError(flag, value || undefined, fix);
}

/** A day that is in the calendar, and to come. */
function futureDay(flag: string, value: string, today: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(value).toJSON()?.slice(0, 10) === value;
  if (isDay && value > today) return value;
  throw new InputError(flag, value, `set it to a day in the future, such as ${nextYear(today)}`);
}

const nextYear = (day: string) => new Date(Date.parse(day) + 365 * 24 * 3600 * 1000).toJSON().slice(0, 10);

/** Who a flag's place is taken by: whoever is at the terminal, or what git and the calendar know. */
export interface Known {
  readonly ask?: Ask;
  readonly email?: string;
  /** YYYY-MM-DD. */
  readonly today: string;
}

async function accountabilityOf(name: string, options: NewOptions, known: Known): Promise<Accountability> {
  const { ask, email, today } = known;
  const owner = options.owner ?? (ask ? await ask("E-mail of who answers for it", email) : email);
  const purpose = options.purpose ?? (await ask?.("What it is for, in a line"));
  const team = options.team ?? name;
  const line = "say in a line of 10 to 200 characters what it is for";
  return {
    owner: matching("--owner", owner, /^[^\s@"']+@[^\s@"']+$/, "set it to an e-mail address"),
    team: matching("--team", team, /^[\w.-]+( [\w.-]+)*$/, "use letters, digits, . _ - and spaces"),
    purpose: matching("--purpose", purpose, /^[^\p{Cc}]{10,200}$/u, line),
    riskClass: choice("--risk-class", options.riskClass ?? "limited", riskClasses),
    materiality: choice("--materiality", options.materiality ?? "medium", materialities),
    reviewBy: futureDay("--review-by", options.reviewBy ?? nextYear(today), today),
  };
}

/** Of a time series alone what its rows go by: the day, where nothing else is said. */
function stepOf(template: string, step?: string): Pick<Answers, "step"> {
  if (template === "timeseries") return { step: choice("--step", step ?? "day", steps) };
  if (step === undefined) return {};
  throw new InputError("--step", step, "leave it out: --template timeseries alone has steps");
}

/** The answers by flag, asked for, or by default. Throws an InputError that names the flag, the value and the fix. */
export async function answersOf(name: string, options: NewOptions, known: Known): Promise<Answers> {
  const { template = templates[0], model = libraries[0], ownData = false } = options;
  const { dataClassification = "internal", step } = options;
  return {
    name,
    template: choice("--template", template, templates),
    ...stepOf(template, step),
    model: choice("--model", model, libraries),
    ...(await accountabilityOf(name, options, known)),
    dataClassification: choice("--data-classification", dataClassification, dataClassifications),
    ownData,
  };
}

/** The answers as the template names them. */
const copierAnswers = (answers: Answers) => ({
  name: answers.name,
  template: answers.template,
  ...(answers.step && { step: answers.step }),
  model: answers.model,
  synthetic: !answers.ownData,
  owner: answers.owner,
  team: answers.team,
  purpose: answers.purpose,
  data_classification: answers.dataClassification,
  risk_class: answers.riskClass,
  materiality: answers.materiality,
  review_by: answers.reviewBy,
});

/** Whether Python has the module already: it would hide it, or be hidden. */
function isPythons(module: string): boolean {
  const probe =
    "import builtins, importlib.util, keyword, sys; m = sys.argv[1]; " +
    "print(keyword.iskeyword(m) or hasattr(builtins, m) or m in sys.stdlib_module_names " +
    "or importlib.util.find_spec(m) is not None)";
  return execFileSync(python, ["-I", "-c", probe, module], { encoding: "utf8" }).trim() === "True";
}

function refuseName(name: string, fix: string): never {
  throw new InputError("name", name, fix);
}

/** Refuses a name that cannot name a use case on every target. Throws an InputError. */
export function requireUsable(name: string): void {
  const wrong = checkUseCaseName(name);
  if (wrong) refuseName(name, wrong.replace("40", "30"));
  if (name.length > 30) refuseName(name, "use at most 30 characters: namespaces and storage take no more");
  const module = moduleOf(name);
  if (isPythons(module))
    refuseName(name, `Python has a module ${module} already: choose another, such as ${name}-risk`);
}

/** The folder of the use cases, other than drafts. */
const useCaseFolders = (root: string) =>
  readdirSync(join(root, "usecases")).filter((folder) => !folder.startsWith("."));

/** Refuses a name that another use case has, in a stack's file or as a folder. Throws an InputError. */
function requireFree(root: string, name: string, files: readonly StackFile[]): void {
  const file = files.find((each) => useCasesOf(each).includes(name));
  if (file)
    refuseName(
      name,
      `is taken: Pulumi.${file.stack}.yaml has it in ecluse:useCases; choose another, or remove it`,
    );
  for (const folder of useCaseFolders(root)) {
    // Some file systems ignore the case of names.
    if (folder.toLowerCase() === name)
      refuseName(name, `is taken: usecases/${folder} is there; choose another, or remove it`);
    if (existsSync(join(root, "usecases", folder, "src", moduleOf(name))))
      refuseName(
        name,
        `is taken: its module ${moduleOf(name)} is that of usecases/${folder}; choose another`,
      );
  }
}

/**
 * A use case that is being made: its files and the answers, beside those that are made, so that one rename brings it
 * in. Its answers stay until all is done, so that the next run completes one that was killed.
 */
class Draft {
  readonly target: string;
  readonly project: string;
  private readonly folder: string;
  private readonly answers: string;

  constructor(root: string, name: string) {
    this.folder = join(root, "usecases", `.${name}.new`);
    this.target = join(root, "usecases", name);
    this.project = join(this.folder, name);
    this.answers = join(this.folder, "answers.json");
  }

  /** The answers of a run that was killed after it brought the files in. */
  begun(): Answers | undefined {
    const isIn = existsSync(this.answers) && !existsSync(this.project) && existsSync(this.target);
    return isIn ? (JSON.parse(readFileSync(this.answers, "utf8")) as Answers) : undefined;
  }

  begin(answers: Answers): void {
    this.remove();
    mkdirSync(this.folder);
    writeFileSync(this.answers, JSON.stringify(answers));
  }

  bringIn = () => renameSync(this.project, this.target);
  remove = () => rmSync(this.folder, { recursive: true, force: true });
}

/** What `ecluse new` made. */
export interface Made {
  readonly name: string;
  readonly folder: string;
  /** The template's version. */
  readonly version: string;
  readonly environments: readonly PipelineEnvironment[];
  /** Environments of other stack files, which the pipeline leaves out. */
  readonly missing: readonly string[];
  /** The stack files that list it. */
  readonly stacks: readonly string[];
}

/** The answers that the checkout and the stack files that list a use case give: version, group and environments. */
export function checkoutAnswers({ root }: Place, files: readonly StackFile[]) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const group = groupOf(files);
  const { environments } = pipelineEnvironments(files);
  if (environments.length === 0)
    throw new UserError("no environment's stack file lists the use case: add it to ecluse:useCases of one");
  return { platform_version: version, environments, ...(group && { group }) };
}

/** Refuses other answers than those of the run that is completed. Throws an InputError. */
function requireSame(answers: Answers, begun: Answers): void {
  for (const [key, value] of Object.entries(answers) as [keyof Answers, Answers[keyof Answers]][])
    if (JSON.stringify(begun[key]) !== JSON.stringify(value))
      throw new InputError(
        key,
        value,
        `a run that broke off began ${begun.name} with ${JSON.stringify(begun[key])}: ` +
          `give that, or remove usecases/${begun.name} first`,
      );
}

/** The stack files' texts with the use case in them, by path. None is written before all are known to be right. */
function registrations(files: readonly StackFile[], answers: Answers): Map<string, string> {
  const { name, template, owner, team, purpose, riskClass, materiality, reviewBy, own } = answers;
  const accountability = { owner, team, purpose, riskClass, materiality, reviewBy };
  const { target, id, baseline } = own ?? contracts[template];
  const contract = { target, id, ...(baseline && { baseline }) };
  const entry = { name, accountability, contract, metric: metrics[template], source: own?.source };
  const texts = files.map((file) => [file.path, registered(file, entry)] as const);
  return new Map(texts.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

async function generate(place: Place, draft: Draft, answers: Answers, files: readonly StackFile[]) {
  const version = publishTemplate(place);
  const all = { ...copierAnswers(answers), ...checkoutAnswers(place, files) };
  await copier(place, ["copy", "--vcs-ref", version, templateName, draft.project], all);
  if (answers.own)
    writeFileSync(join(draft.project, "src", moduleOf(answers.name), "features.py"), answers.own.features);
  // Without its version it could never be updated.
  projectAnswers(draft.project);
}

/** Does `work` while no other run changes use cases or stack files. */
export async function alone<T>({ home }: Place, work: () => Promise<T>): Promise<T> {
  const release = await takeLock(join(home, "usecases.lock"));
  return work().finally(release);
}

/**
 * Makes a use case: checks everything, generates it beside the others, brings it in by one rename, and lists it in the
 * stack files. The next run with the same answers completes one that was broken off. Throws an InputError or a
 * {@link UserError}, and then leaves nothing.
 */
export function newUseCase(place: Place, answers: Answers, signal?: AbortSignal): Promise<Made> {
  return alone(place, async () => {
    const draft = new Draft(place.root, answers.name);
    const files = readStackFiles(place.root);
    const begun = draft.begun();
    if (begun) requireSame(answers, begun);
    else {
      requireUsable(answers.name);
      requireFree(place.root, answers.name, files);
    }
    const texts = registrations(files, answers);
    if (!begun) await bringIn(place, draft, answers, files, signal);
    for (const [path, text] of texts) writeWhole(path, text, statSync(path).mode);
    draft.remove();
    return madeOf(answers, draft.target, files);
  });
}

function madeOf({ name }: Answers, target: string, files: readonly StackFile[]): Made {
  const version = projectAnswers(target)._commit;
  const stacks = files.map(({ stack }) => stack);
  return { name, folder: `usecases/${name}`, version, ...pipelineEnvironments(files), stacks };
}

async function bringIn(
  place: Place,
  draft: Draft,
  answers: Answers,
  files: readonly StackFile[],
  signal?: AbortSignal,
): Promise<void> {
  try {
    draft.begin(answers);
    await generate(place, draft, answers, files);
    signal?.throwIfAborted();
    draft.bringIn();
  } catch (error) {
    draft.remove();
    throw signal?.aborted ? new UserError(`stopped: nothing was made of ${answers.name}`) : error;
  }
}
