import type { Crypter } from "./crypter";
import { type Contents, encode, type PendingOperation, type ResourceState } from "./document";
import { writeDocument } from "./state";

/** Where a journal is kept; a preview has none, and keeps nothing. */
export interface JournalFile {
  readonly path: string;
  readonly crypter: Crypter;
}

/**
 * What is known of the stack during a run: the resources before it, those seen in it, and what is under way.
 * Each change is on disk before the call that makes it resolves.
 */
export class Journal {
  private readonly base: ResourceState[];
  private readonly fresh: ResourceState[] = [];
  private readonly gone = new Set<ResourceState>();
  private readonly running: Set<PendingOperation>;
  private readonly renamed = new Map<string, string>();
  private writing: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;

  constructor(
    before: Contents,
    private readonly file: JournalFile | undefined,
  ) {
    this.base = [...before.resources];
    this.running = new Set(before.pending);
  }

  /** All resources as they stand, each after what it depends on. */
  resources(): ResourceState[] {
    return [...this.fresh, ...this.remaining().map((state) => rename(state, this.renamed))];
  }

  /** The resources that the program has asked for so far. */
  wanted(): ResourceState[] {
    return [...this.fresh].filter((state) => !state.delete);
  }

  /** The resources from before the run that nothing has replaced yet, in order. */
  remaining(): ResourceState[] {
    return this.base.filter((state) => !this.gone.has(state));
  }

  /** The resource of this URN from before the run, unless it is gone or waits for its deletion. */
  before(urn: string): ResourceState | undefined {
    return this.base.find((state) => state.urn === urn && !state.delete && !this.gone.has(state));
  }

  /** The resource of this URN as it was when the run began, even if it is gone by now. */
  old(urn: string): ResourceState | undefined {
    return this.base.find((state) => state.urn === urn && !state.delete);
  }

  /** What a resource of this URN from before the run goes by now. */
  nameNow(urn: string): string {
    return this.renamed.get(urn) ?? urn;
  }

  /** The resource of this URN that the run has made or seen. */
  seen(urn: string): ResourceState | undefined {
    return this.fresh.find((state) => state.urn === urn);
  }

  /** What an earlier run left unfinished, or this one has under way. */
  unfinished(): PendingOperation[] {
    return [...this.running];
  }

  /** Notes that a resource goes by a new URN, so that all who refer to the old one follow. */
  follow(oldUrn: string, newUrn: string): void {
    if (oldUrn !== newUrn) this.renamed.set(oldUrn, newUrn);
  }

  /** Notes that an operation begins; a crash in it is seen by the next run. */
  async begin(type: PendingOperation["type"], resource: ResourceState): Promise<PendingOperation> {
    const operation = { type, resource };
    this.running.add(operation);
    await this.save();
    return operation;
  }

  /** Drops notes of unfinished operations, without saving: the change that settles them saves. */
  settle(...operations: readonly PendingOperation[]): void {
    for (const operation of operations) this.running.delete(operation);
  }

  /** Puts a resource in the place of its former state; saves only if something differs. */
  async keep(state: ResourceState, old?: ResourceState): Promise<void> {
    if (old) this.gone.add(old);
    this.fresh.push(state);
    if (!old || JSON.stringify(old) !== JSON.stringify(state)) await this.save();
  }

  /** Replaces what the run knows of a resource (its outputs, say). */
  async amend(state: ResourceState, changed: ResourceState): Promise<void> {
    this.fresh[this.fresh.indexOf(state)] = changed;
    const before = this.base.find((old) => old.urn === changed.urn && !old.delete);
    if (!before || JSON.stringify(before) !== JSON.stringify(changed)) await this.save();
  }

  /** Takes in the replacement of a resource; the former one waits for its deletion. */
  async supersede(old: ResourceState, state: ResourceState): Promise<void> {
    this.fresh.push(state);
    this.base[this.base.indexOf(old)] = { ...old, delete: true };
    await this.save();
  }

  /** Takes in a resource whose creation a crash had hidden, as one from before the run. */
  async adopt(state: ResourceState): Promise<void> {
    this.base.push(state);
    await this.save();
  }

  /** Forgets a resource. */
  async forget(state: ResourceState): Promise<void> {
    this.gone.add(state);
    await this.save();
  }

  /** Ends a run that went well: nothing is unfinished any more. */
  async finish(): Promise<void> {
    if (this.running.size === 0) return;
    this.running.clear();
    await this.save();
  }

  /** Writes the stack; calls that come while one is being written share the next write. */
  save(): Promise<void> {
    const { file } = this;
    if (!file) return Promise.resolve();
    this.queued ??= this.writing.then(() => {
      this.queued = undefined;
      return writeDocument(
        file.path,
        encode({ resources: this.resources(), pending: this.unfinished() }, file.crypter),
      );
    });
    this.writing = this.queued.catch(() => {});
    return this.queued;
  }
}

function rename(state: ResourceState, names: ReadonlyMap<string, string>): ResourceState {
  if (names.size === 0) return state;
  const to = (urn: string) => names.get(urn) ?? urn;
  const properties = Object.entries(state.propertyDependencies ?? {});
  const provider = state.provider?.replace(
    /^(.*)(::[^:]*)$/,
    (_all, urn: string, id: string) => to(urn) + id,
  );
  return {
    ...state,
    urn: state.delete ? state.urn : to(state.urn),
    ...(state.parent ? { parent: to(state.parent) } : {}),
    ...(state.deletedWith ? { deletedWith: to(state.deletedWith) } : {}),
    ...(provider ? { provider } : {}),
    ...(state.dependencies ? { dependencies: state.dependencies.map(to) } : {}),
    ...(state.propertyDependencies
      ? { propertyDependencies: Object.fromEntries(properties.map(([key, urns]) => [key, urns.map(to)])) }
      : {}),
  };
}
