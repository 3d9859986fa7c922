import { messageOf } from "../../protocol/errors";
import { secretStrings } from "../../protocol/properties";
import { isProviderType, parseUrn } from "../../protocol/urn";
import type { ResourceState } from "./document";
import type { EventSink, Op } from "./events";
import { compare, type PropertyChange } from "./paths";

/** One step of a run: what is done to which resource; secrets are marked, not blanked. */
export interface StepRecord {
  readonly op: Op;
  readonly urn: string;
  readonly oldState?: ResourceState;
  readonly newState?: ResourceState;
  readonly keys?: readonly string[];
  readonly replaceKeys?: readonly string[];
  readonly detailed?: Readonly<Record<string, PropertyChange>>;
}

/** A step before it is done: its new state is not known yet. */
export type StepPlan = Omit<StepRecord, "newState">;

/** Runs the operations of a run, a bounded number at a time, reports each, and keeps the list of them. */
export class Recorder {
  readonly steps: StepRecord[] = [];
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly events: EventSink,
    parallel: number,
  ) {
    this.free = parallel;
  }

  /** How many steps of each kind were done, as the CLI counts; default providers do not count. */
  counts(): Partial<Record<Op, number>> {
    const counts: Partial<Record<Op, number>> = {};
    for (const { op } of this.steps.filter(isCounted)) counts[op] = (counts[op] ?? 0) + 1;
    return counts;
  }

  /** Does a step: `action` gives the state that it leads to. */
  async perform<T extends ResourceState | undefined>(plan: StepPlan, action: () => Promise<T>): Promise<T> {
    if (isDefaultProvider(plan.urn)) return action();
    return this.limited(() => this.timed(plan, action));
  }

  /** Runs `action` once fewer than the bounded number are under way. */
  async limited<T>(action: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await action();
    } finally {
      this.leave();
    }
  }

  private async timed<T extends ResourceState | undefined>(
    plan: StepPlan,
    action: () => Promise<T>,
  ): Promise<T> {
    const { op, urn } = plan;
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    this.hide(plan.oldState);
    this.events.emit({ type: "step-started", op, urn, keys: plan.keys ?? [] });
    try {
      const state = await action();
      this.note({ ...plan, ...(state ? { newState: state } : {}) }, seconds());
      return state;
    } catch (error) {
      this.events.emit({ type: "step-failed", op, urn, seconds: seconds(), message: messageOf(error) });
      throw error;
    }
  }

  /** Keeps a step that needed no operation. */
  note(step: StepRecord, seconds = 0): void {
    if (isDefaultProvider(step.urn)) return;
    this.hide(step.newState);
    this.steps.push(step);
    this.events.emit({ type: "step-finished", op: step.op, urn: step.urn, seconds });
  }

  /** Puts a later state of a resource (its outputs, say) in the place of the one in its step. */
  amend(state: ResourceState, changed: ResourceState): void {
    const at = this.steps.findIndex((step) => step.newState === state);
    const step = this.steps[at];
    if (step) this.steps[at] = { ...step, newState: changed };
  }

  private hide(state: ResourceState | undefined): void {
    this.events.hide([...secretStrings(state?.inputs ?? {}), ...secretStrings(state?.outputs ?? {})]);
  }

  private async enter(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}

/** A replacement counts as one, without its parts; a read counts where it found something else than before. */
function isCounted({ op, oldState, newState }: StepRecord): boolean {
  if (op === "create-replacement" || op === "delete-replaced" || oldState?.delete) return false;
  if (op !== "read") return true;
  return (
    oldState !== undefined && Object.keys(compare(oldState.outputs ?? {}, newState?.outputs ?? {})).length > 0
  );
}

/** Says whether a resource is the default provider of a package: it is not reported. */
export function isDefaultProvider(urn: string): boolean {
  const { type, name } = parseUrn(urn);
  return isProviderType(type) && /^default(_|$)/.test(name);
}
