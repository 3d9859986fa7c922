import { EngineError } from "../../protocol/errors";
import { makeUrn, parseUrn } from "../../protocol/urn";
import type { PendingOperation, ResourceState } from "./document";
import type { FormerName, Goal } from "./goal";
import type { Journal } from "./journal";

/** Finds what a registered resource was before the run, and keeps URNs from being used twice. */
export class Lookup {
  private readonly claimed = new Set<string>();
  /**
   * The URNs that resources found by an alias went by before, by those that they go by now, and the other way round.
   */
  private readonly formerUrns = new Map<string, string>();
  private readonly presentUrns = new Map<string, string>();

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
    const present = this.presentUrns.get(urn);
    if (present) {
      throw new EngineError(
        `Duplicate resource URN '${urn}': '${present}' has it as an alias; remove the alias, or rename one`,
      );
    }
    this.claimed.add(urn);
  }

  /**
   * The resource as it was before the run: by its URN, or by one that it went by; an interrupted deletion counts as
   * done.
   */
  async former(goal: Goal): Promise<ResourceState | undefined> {
    const { journal } = this;
    const found = this.names(goal)
      .map((urn) => journal.old(urn))
      .find((state) => state);
    if (!found) return undefined;
    if (found.urn !== goal.urn) this.rename(found.urn, goal.urn);
    if (!journal.before(found.urn) || found.custom !== goal.custom) return undefined;
    if (!this.interrupted(found, "deleting")) return found;
    // It may be gone at the provider, or half gone: making it again is the one way to be sure that it is there.
    await journal.forget(found);
    return undefined;
  }

  private rename(former: string, urn: string): void {
    const other = this.claimed.has(former) ? former : this.presentUrns.get(former);
    if (other) {
      throw new EngineError(
        `Duplicate resource alias '${former}' of '${urn}': '${other}' goes by it too; give the alias to one of them`,
      );
    }
    this.presentUrns.set(former, urn);
    this.formerUrns.set(urn, former);
    this.journal.follow(former, urn);
  }

  /**
   * All URNs that a resource may have gone by: its own, its aliases, and what each was called within its parent's
   * former self.
   */
  private names(goal: Goal): string[] {
    const names = [goal.urn, ...goal.aliases.map((alias) => this.urnOf(alias, goal))];
    const { parent = "" } = goal;
    const former = this.formerUrns.get(parent);
    return former ? [...names, ...names.map((urn) => inheritedName(urn, goal.urn, parent, former))] : names;
  }

  private urnOf(alias: FormerName, { urn, parent = "" }: Goal): string {
    if (alias.urn) return alias.urn;
    const { stack, project, type, name, parent: given } = { ...parseUrn(urn), parent: undefined, ...alias };
    const former = given === undefined ? parent : (this.formerUrns.get(given) ?? given);
    return makeUrn(stack, project, type, name, former);
  }

  /** Says whether an earlier run was killed while it updated or deleted this resource. */
  interrupted(state: ResourceState, type: "updating" | "deleting"): boolean {
    const { urn, id } = state;
    const isSame = ({ resource }: PendingOperation) => resource.urn === urn && resource.id === id;
    return this.journal.unfinished().some((each) => each.type === type && isSame(each));
  }
}

/** A child's URN holds its parents' types, and often its parent's name before its own: both are as they were. */
function inheritedName(urn: string, own: string, parent: string, former: string): string {
  const { type, name } = parseUrn(urn);
  const [{ stack, project }, now, before] = [parseUrn(own), parseUrn(parent).name, parseUrn(former).name];
  const formerName = name.startsWith(now) ? before + name.slice(now.length) : name;
  return makeUrn(stack, project, type, formerName, former);
}
