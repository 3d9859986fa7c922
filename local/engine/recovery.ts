import { inheritSecrets } from "../../protocol/properties";
import { subjectOf } from "./plan";
import type { RunContext } from "./removal";

/*
 * What a killed run leaves is in the state as pending operations. The rules:
 * - creating: a create of the same URN calls the provider's create again, which must be idempotent by name. If the
 *   resource is no longer wanted, it is created so that its id is known, and then deleted like any other.
 * - updating: the resource is updated again, even if its inputs look unchanged.
 * - deleting: it is deleted again (a provider's delete must not mind what is gone), or made again if wanted.
 */

/** Reports the operations in which an earlier run was killed. */
export function warnOfUnfinished(run: RunContext): void {
  for (const { type, resource } of run.journal.unfinished()) {
    const message = `an earlier run was stopped while ${type} this resource; it is taken up again`;
    run.events.diagnose("warning", message, resource.urn);
  }
}

/** Takes resources whose interrupted creation nobody repeats into the state, so that they are deleted. */
export async function settleCreations(run: RunContext): Promise<void> {
  const { journal, preview } = run;
  for (const operation of journal.unfinished().filter((each) => each.type === "creating")) {
    const { resource } = operation;
    const lives = journal.resources().some((state) => state.urn === resource.urn);
    if (preview) continue;
    journal.settle(operation);
    if (lives) {
      // Creating again under the same name could alter the one that lives, and deleting would remove it.
      run.events.diagnose(
        "warning",
        "an interrupted replacement may have left something behind",
        resource.urn,
      );
    } else if (resource.provider) {
      const provider = await run.provider(resource.provider);
      const made = await provider.create(subjectOf(resource, "create"), false);
      const outputs = inheritSecrets(made.outputs, resource.inputs ?? {}, []);
      await journal.adopt({ ...resource, id: made.id, outputs });
    }
  }
}
