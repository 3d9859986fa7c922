import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isSeq, parseDocument, Scalar } from "yaml";
import { InputError } from "../components/errors";
import type { Accountability, ContractSettings, Tier } from "../components/settings";
import { readSettings } from "../stacks/settings";
import { UserError } from "./stacks";

/** A stack's file as it stands; what a use case does not need of it may be wrong, and is its owner's matter. */
export interface StackFile {
  readonly stack: string;
  readonly path: string;
  readonly text: string;
  readonly document: Document;
}

/** An environment as a use case's pipeline names it. */
export interface PipelineEnvironment {
  readonly name: string;
  readonly tier: Tier;
}

/** What a stack's file is to say of a new use case. */
export interface Entry {
  readonly name: string;
  /** The metric that the release judges it by, where it is not that of a classification into two. */
  readonly metric?: "roc_auc_ovr" | "r2" | undefined;
  /** The columns that the release judges it by. */
  readonly contract: ContractSettings;
  readonly accountability: Accountability;
  /** Its own file of rows, which the local target lands. */
  readonly source?: string | undefined;
}

const tiers: readonly Tier[] = ["development", "integration", "staging", "production"];

/** The stack files of a checkout that list use cases; throws a {@link UserError} for one that is no YAML. */
export function readStackFiles(root: string): StackFile[] {
  const names = readdirSync(root).filter((file) => /^Pulumi\..+\.yaml$/.test(file));
  const files = names.sort().map((file) => {
    const path = join(root, file);
    const text = readFileSync(path, "utf8");
    const document = parseDocument(text);
    if (document.errors[0]) throw new UserError(`${file} is no YAML: ${document.errors[0].message}`);
    return { stack: file.slice("Pulumi.".length, -".yaml".length), path, text, document };
  });
  return files.filter(({ document }) => document.hasIn(keyOf("useCases")));
}

const keyOf = (name: string) => ["config", `ecluse:${name}`];
const settingOf = ({ document }: StackFile, name: string) => document.getIn(keyOf(name)) as unknown;

/** The names of the use cases that a stack's file lists. */
export function useCasesOf({ document }: StackFile): string[] {
  const list = document.getIn(keyOf("useCases"));
  return isSeq(list) ? (list.toJSON() as { name?: unknown }[]).map((item) => String(item?.name)) : [];
}

function environmentsOfStacks(files: readonly StackFile[]): PipelineEnvironment[] {
  const found = new Map<string, Tier>();
  for (const file of files.filter((each) => settingOf(each, "kind") === "environment"))
    found.set(String(settingOf(file, "environment")), settingOf(file, "tier") as Tier);
  const rank = ({ tier }: PipelineEnvironment) => tiers.indexOf(tier);
  return [...found].map(([name, tier]) => ({ name, tier })).sort((one, other) => rank(one) - rank(other));
}

/**
 * The environments of a use case's pipeline in promotion order: those of this machine's forge, or where it has no
 * stack, of the others. The same file runs on both; `missing` names the environments that only the others have.
 */
export function pipelineEnvironments(files: readonly StackFile[]) {
  const isLocal = (file: StackFile) => settingOf(file, "target") === "local";
  const local = environmentsOfStacks(files.filter(isLocal));
  const others = environmentsOfStacks(files.filter((file) => !isLocal(file)));
  const environments = local.length > 0 ? local : others;
  const known = new Set(environments.map(({ name }) => name));
  return { environments, missing: others.filter(({ name }) => !known.has(name)).map(({ name }) => name) };
}

/** The group of the use cases' projects, as stack files name it for a GitLab; undefined where none does. */
export function groupOf(files: readonly StackFile[]): string | undefined {
  const groups = files.flatMap(({ document }) =>
    ["gitlab", "forge"].map((key) => document.getIn([...keyOf(key), "group"])),
  );
  return groups.find((group) => typeof group === "string");
}

function entryOf(file: StackFile, { name, metric, contract, accountability, source }: Entry): object {
  const isEnvironment = settingOf(file, "kind") === "environment";
  const isLocal = settingOf(file, "target") === "local";
  const day = new Scalar(accountability.reviewBy);
  // Unquoted, other readers of YAML would take the day for a time.
  day.type = Scalar.QUOTE_DOUBLE;
  return {
    name,
    ...(isEnvironment && { contract }),
    ...(isEnvironment && metric && { gates: { metric } }),
    ...(isEnvironment && isLocal && source && { source }),
    ...(!isLocal && { accountability: { ...accountability, reviewBy: day } }),
  };
}

/** Throws a InputError for a file that was right and no longer is. */
function requireRight({ stack, text }: StackFile, changed: string): void {
  try {
    readSettings(stack, text);
  } catch (error) {
    if (error instanceof InputError) return;
    throw error;
  }
  readSettings(stack, changed);
}

/** The decision that a use case ends, as a stack's file has it. */
export interface Decision {
  readonly on: string;
  readonly by: string;
  readonly approver: string;
  readonly reason: string;
}

/**
 * The text of a stack's file in which a use case is decommissioned, everything else as it was; undefined where the file
 * does not list it, or is of this machine, where nothing keeps a use case. Throws an InputError for a decision that the
 * settings do not allow.
 */
export function decommissioned(file: StackFile, name: string, decision: Decision): string | undefined {
  const at = useCasesOf(file).indexOf(name);
  const isHosted = settingOf(file, "kind") === "environment" && settingOf(file, "target") !== "local";
  if (at < 0 || !isHosted) return undefined;
  const document = file.document.clone();
  const on = new Scalar(decision.on);
  on.type = Scalar.QUOTE_DOUBLE;
  document.setIn([...keyOf("useCases"), at, "retired"], document.createNode({ ...decision, on }));
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  requireRight(file, text);
  return text;
}

/**
 * The text of a stack's file with the use case in its list, everything else as it was; undefined when it is there
 * already. Throws a InputError when the settings do not allow such a use case.
 */
export function registered(file: StackFile, entry: Entry): string | undefined {
  if (useCasesOf(file).includes(entry.name)) return undefined;
  const document = file.document.clone();
  const list = document.getIn(keyOf("useCases"));
  const item = document.createNode(entryOf(file, entry));
  if (isSeq(list)) list.add(item);
  else document.setIn(keyOf("useCases"), document.createNode([item]));
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  requireRight(file, text);
  return text;
}
