import type { ResourceState } from "./document";
import { EngineError } from "./errors";
import type { Goal } from "./goal";
import type { Journal } from "./journal";
import { makeUrn, parseUrn } from "./urn";

/** Finds what a registered resource was before the run, and keeps URNs from being used twice. */
export class Lookup {
  private readonly claimed = new Set<string>();
  /** The URNs that resources found by an alias went by before. */
  private readonly formerUrns = new Map<string, string>();

  constructor(private readonly journal: Journal) {}

  /** Says whether the run has met this URN. */
  isClaimed(urn: string): boolean {
    return this.claimed.has(urn);
  }

  /** Takes a URN for this run; two resources must not share one. */
  claim(urn: string): void {
    if (this.claimed.has(urn)) {
      throw new EngineError(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    this.claimed.add(urn);
  }

  /** The resource as it was before the run: by its URN, or by one that it went by; an interrupted deletion counts as done. */
  async former(goal: Goal): Promise<ResourceState | undefined> {
    const { journal } = this;
    const names = [goal.urn, ...goal.aliases, ...this.inheritedAlias(goal)];
    const found = names.map((urn) => journal.before(urn)).find((state) => state);
    if (!found) return undefined;
    if (found.urn !== goal.urn) {
      this.claim(found.urn);
      this.formerUrns.set(goal.urn, found.urn);
      journal.follow(found.urn, goal.urn);
    }
    if (found.custom !== goal.custom || found.external) return undefined;
    if (!this.interrupted(found, "deleting")) return found;
    // It may be gone at the provider, or half gone: making it again is the one way to be sure that it is there.
    await journal.forget(found);
    return undefined;
  }

  /** A child's URN holds its parents' types: where a parent was found by an alias, so may be the child. */
  private inheritedAlias(goal: Goal): string[] {
    const parent = this.formerUrns.get(goal.parent ?? "");
    const { stack, project, type, name } = parseUrn(goal.urn);
    return parent ? [makeUrn(stack, project, type, name, parent)] : [];
  }

  /** Says whether an earlier run was killed while it updated or deleted this resource. */
  interrupted(state: ResourceState, type: "updating" | "deleting"): boolean {
    return this.journal.unfinished().some((each) => each.type === type && each.resource.urn === state.urn);
  }
}
