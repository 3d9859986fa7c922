import { type EnvironmentOutputs, environmentOutputs } from "./outputs";
import { UserError } from "./stacks";

/**
 * The environments that are up and have a use case, in promotion order: all of them, or the named one. Throws a
 * UserError that names those there are.
 */
export async function environmentsOf(useCase: string, name?: string): Promise<EnvironmentOutputs[]> {
  const all = (await environmentOutputs()).filter(({ useCases }) => useCase in useCases);
  if (all.length === 0)
    throw new UserError(`no environment that is up has ${useCase}: npx ecluse status shows those that do`);
  const found = all.filter(({ environment }) => name === undefined || environment === name);
  if (found.length > 0) return found;
  const known = all.map(({ environment }) => environment).join(", ");
  throw new UserError(`${useCase} has no environment ${name} that is up; give --env one of: ${known}`);
}
