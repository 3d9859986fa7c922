import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { environmentFolder, privateFolder } from "../local/home";
import { type EnvironmentOutputs, environmentOutputs } from "./outputs";
import { UserError } from "./stacks";
import { runPlatformCode } from "./useCaseCode";

/** The one use case of an environment, or the named one; throws a UserError with those there are. */
export function chosenUseCase({ environment, useCases }: EnvironmentOutputs, asked?: string): string {
  const known = Object.keys(useCases);
  const [only] = known.length === 1 ? known : [];
  const chosen = asked ?? only;
  if (chosen && known.includes(chosen)) return chosen;
  if (asked)
    throw new UserError(
      `${environment} has no use case ${asked}: give one of ${known.join(", ") || "none; run npm start"}`,
    );
  throw new UserError(
    known.length === 0
      ? `${environment} has no use case: npx ecluse new <name> makes one`
      : `${environment} has ${known.length} use cases: choose one by --use-case ${known.join(" or --use-case ")}`,
  );
}

/** Whether people work in an environment as its jobs do: they train in development, and look on elsewhere. */
export const peopleTrainIn = ({ tier }: Pick<EnvironmentOutputs, "tier">): boolean => tier === "development";

/**
 * The environment in which somebody trains a use case: the first of development that has it, or the named one. Throws
 * a UserError where people do not train there.
 */
export async function environmentToTrainIn(useCase: string, asked?: string): Promise<EnvironmentOutputs> {
  return chooseEnvironment(await environmentOutputs(), useCase, asked);
}

/** {@link environmentToTrainIn} of these. */
export function chooseEnvironment(
  all: readonly EnvironmentOutputs[],
  useCase: string,
  asked?: string,
): EnvironmentOutputs {
  const having = all.filter(({ useCases }) => useCase in useCases);
  const open = having.filter(peopleTrainIn).map(({ environment }) => environment);
  const known = open.join(", ") || "none is up; run npm start";
  const name = asked ?? open[0];
  const found = having.find(({ environment }) => environment === name);
  if (!found) throw new UserError(`${useCase} has no environment ${name ?? "of development"}; use: ${known}`);
  if (peopleTrainIn(found)) return found;
  throw new UserError(
    `${found.environment} is of tier ${found.tier}: only its pipeline trains there, and no person reads its data; ` +
      `use --environment ${open[0] ?? "<one of development>"}`,
  );
}

/**
 * Copies what training reads of a use case, and nothing else, into a private folder, and gives its URL. The container
 * holds the rows of every use case, so its key is for jobs alone; a copy has no end, and no credential.
 */
export async function landedCopy(outputs: EnvironmentOutputs, useCase: string): Promise<string> {
  const { environment, useCases } = outputs;
  const folder = privateFolder(join(privateFolder(join(environmentFolder(environment), "landed")), useCase));
  await runPlatformCode("reading the landed data", ["ecluse_local.landing", "get", folder], {
    ECLUSE_ENVIRONMENT: environment,
    ECLUSE_USE_CASE: useCase,
    ECLUSE_DATA_URL: useCases[useCase]?.dataUrl ?? "",
  });
  return pathToFileURL(join(folder, "data")).href;
}
