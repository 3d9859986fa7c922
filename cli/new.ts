import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../components/errors";
import { takeLock } from "../local/lock";
import { copier, type Place, projectAnswers, publishTemplate, templateName } from "./blueprint";
import { type Answers, copierAnswers } from "./newAnswers";
import { Draft } from "./newDraft";
import { requireFree, requireUsable } from "./newName";
import {
  groupOf,
  type PipelineEnvironment,
  pipelineEnvironments,
  readStackFiles,
  registered,
  type StackFile,
  writeWhole,
} from "./stackFiles";
import { UserError } from "./stacks";

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

/** The answers that follow from the checkout and the stack files that list a use case: the platform's version, and the environments. */
export function checkoutAnswers({ root }: Place, files: readonly StackFile[]) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const group = groupOf(files);
  const { environments } = pipelineEnvironments(files);
  if (environments.length === 0)
    throw new UserError("no environment's stack file lists the use case: add it to ecluse:useCases of one");
  return { platform_version: version, environments, ...(group && { group }) };
}

/** Throws a InputError where a run that is gone on with was given other answers. */
function requireSame(answers: Answers, begun: Answers): void {
  for (const [key, value] of Object.entries(answers) as [keyof Answers, Answers[keyof Answers]][])
    if (begun[key] !== value)
      throw new InputError(
        key,
        value,
        `a run that broke off began ${begun.name} with ${JSON.stringify(begun[key])}: give that, or remove usecases/${begun.name} first`,
      );
}

/** The stack files with the use case in them, by path; none is written before all are known to be right. */
function registrations(files: readonly StackFile[], answers: Answers): Map<string, string> {
  const { name, template, owner, team, purpose, riskClass, reviewBy } = answers;
  const accountability = { owner, team, purpose, riskClass, reviewBy };
  const entry = { name, accountability, ...(template !== "classification" && { metric: "r2" as const }) };
  const texts = files.map((file) => [file.path, registered(file, entry)] as const);
  return new Map(texts.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

async function generate(place: Place, draft: Draft, answers: Answers, files: readonly StackFile[]) {
  const version = publishTemplate(place);
  const all = { ...copierAnswers(answers), ...checkoutAnswers(place, files) };
  await copier(place, ["copy", "--vcs-ref", version, templateName, draft.project], all);
  // Without its version it could never be updated.
  projectAnswers(draft.project);
}

/** Does `work` while no other run changes use cases or stack files. */
export async function alone<T>({ home }: Place, work: () => Promise<T>): Promise<T> {
  const release = await takeLock(join(home, "usecases.lock"));
  return work().finally(release);
}

/**
 * Makes a use case: checks everything, generates it beside the others, brings it in by one rename, and lists it in the stack files. A run
 * that was broken off is gone on with by the next with the same answers. Throws a InputError or a {@link UserError} and then leaves
 * nothing.
 */
export function newUseCase(place: Place, answers: Answers, signal?: AbortSignal): Promise<Made> {
  return alone(place, async () => {
    const { name } = answers;
    const draft = new Draft(place.root, name);
    const files = readStackFiles(place.root);
    const begun = draft.begun();
    if (begun) requireSame(answers, begun);
    else {
      requireUsable(name);
      requireFree(place.root, name, files);
    }
    const texts = registrations(files, answers);
    if (!begun) await bringIn(place, draft, answers, files, signal);
    for (const [path, text] of texts) writeWhole(path, text);
    draft.remove();
    const { environments, missing } = pipelineEnvironments(files);
    const version = projectAnswers(draft.target)._commit;
    const stacks = files.map(({ stack }) => stack);
    return { name, folder: `usecases/${name}`, version, environments, missing, stacks };
  });
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
