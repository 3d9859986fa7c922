import type { Inventory, ReleasedVersion } from "../models";
import { outputsOfEnvironment } from "../outputs";
import { pemBlocks } from "../pem";
import { releaseReport } from "../releaseReport";
import { UserError } from "../stacks";

/**
 * Throws a UserError where a champion is signed by a key that a rotation of the signing key would end: one before the
 * present one.
 */
export async function refuseOlderSignatures(environment: string): Promise<void> {
  const outputs = await outputsOfEnvironment(environment);
  const [signingKey = ""] = pemBlocks(outputs.signingKey);
  for (const useCase of Object.keys(outputs.useCases)) {
    const report = { module: "inventory" };
    const { versions } = await releaseReport<Inventory>({ ...outputs, signingKey }, useCase, report);
    const older = olderChampion(versions);
    if (older)
      throw new UserError(
        `signing-key of ${environment}: ${useCase}'s champion, version ${older}, is signed by the key before the ` +
          `present one, and would be refused after another rotation; release it again: npx ecluse run ${useCase}`,
      );
  }
}

/** The champion's version where its signature is not of the keys that the inventory was asked with. */
export const olderChampion = (
  versions: readonly Pick<ReleasedVersion, "version" | "champion" | "refused">[],
): string | undefined => versions.find(({ champion, refused }) => champion && refused !== null)?.version;
