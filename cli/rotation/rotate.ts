import { Crypter } from "../../local/engine/crypter";
import { decode, encode, type ResourceState } from "../../local/engine/document";
import { backUp, readDocument, statePath, writeDocument } from "../../local/engine/state";
import { takeLock } from "../../local/lock";
import { parseUrn } from "../../protocol/urn";
import { operate } from "../deploy";
import { start } from "../lifecycle";
import { alone, type Session } from "../session";
import { backendFolder, localStacks, passphraseOf, UserError } from "../stacks";
import { byHand, renewed, rotations } from "./secrets";
import { refuseOlderSignatures } from "./signatures";

/** A secret or key of an environment, and since when it is the present one. */
export interface SecretAge {
  readonly environment: string;
  readonly name: string;
  /** RFC 3339. */
  readonly since: string;
  /** What a rotation does, or why there is none. */
  readonly rotation: string;
}

/** The environments of this machine that the name asks for, with their stacks; all of them without one. */
function chosen(environment?: string): { environment: string; stack: string }[] {
  const all = localStacks().flatMap((each) => (each.kind === "environment" ? [each] : []));
  const found = all.filter((each) => environment === undefined || each.environment === environment);
  if (found.length > 0) return found;
  const known = all.map((each) => each.environment).join(", ");
  throw new UserError(
    `--env ${environment}: there is no such environment on this machine; there are ${known}`,
  );
}

async function openState(stack: string) {
  const file = statePath(backendFolder(), stack);
  const document = await readDocument(file);
  const salt = document?.deployment.secrets_providers?.state?.salt;
  if (!document || !salt) throw new UserError(`${stack} is not up: npx ecluse up ${stack}`);
  const crypter = await Crypter.open(passphraseOf(stack), salt, file);
  return { file, crypter, ...decode(document, crypter) };
}

/**
 * Writes other values of secrets into a stack's state. What was made of the former ones differs from then on, and the
 * next `up` changes it: also where this one is ended before.
 */
export async function renewState(
  stack: string,
  environment: string,
  names: readonly string[],
): Promise<void> {
  const release = await takeLock(`${statePath(backendFolder(), stack).replace(/\.json$/, "")}.lock`);
  try {
    const { file, crypter, resources, pending } = await openState(stack);
    await backUp(file);
    await writeDocument(
      file,
      encode({ resources: await renewed(resources, environment, names), pending }, crypter),
    );
  } finally {
    await release();
  }
}

/** Makes new secrets for environments, and has everything use them. */
export async function rotate(
  session: Session,
  names: readonly string[],
  environment?: string,
): Promise<void> {
  const strange = names.find((name) => !(name in rotations));
  if (strange)
    throw new UserError(
      byHand[strange]
        ? `${strange} is not rotated by a command: ${byHand[strange]}; docs/recovery.md has what to do`
        : `${strange}: use some of ${Object.keys(rotations).join(", ")}`,
    );
  const { progress, signal } = session;
  await alone(session, async () => {
    await start(session);
    const environments = chosen(environment);
    if (names.includes("signing-key"))
      for (const of of environments) await refuseOlderSignatures(of.environment);
    for (const of of environments) {
      await renewState(of.stack, of.environment, names);
      await progress.step(`up ${of.stack}`, () => operate("up", of.stack, progress, { signal }));
    }
  });
}

function agesOf(environment: string, resources: readonly ResourceState[]): SecretAge[] {
  const known = [
    ...Object.entries(rotations).map(([name, { resource, effect }]) => [name, resource, effect] as const),
    ...Object.entries(byHand).map(([name, why]) => [name, name, `by hand: ${why}`] as const),
  ];
  return known.flatMap(([name, resource, rotation]) => {
    const state = resources.find(
      (each) => each.custom && parseUrn(each.urn).name === `${environment}-${resource}`,
    );
    const since = state?.modified ?? state?.created;
    return state ? [{ environment, name, since: since ?? "not known", rotation }] : [];
  });
}

/** Every secret and key of the environments' own, and how old it is. */
export async function secretAges(environment?: string): Promise<SecretAge[]> {
  const all = await Promise.all(
    chosen(environment).map(async (of) => agesOf(of.environment, (await openState(of.stack)).resources)),
  );
  return all.flat();
}
