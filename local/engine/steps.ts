import { inheritSecrets, type Properties, secretStrings } from "../../protocol/properties";
import { isProviderType, parseUrn } from "../../protocol/urn";
import { build, ready } from "./build";
import type { ResourceState } from "./document";
import type { Goal } from "./goal";
import type { Lookup } from "./lookup";
import { compare, ignoreChanges } from "./paths";
import { type Decision, decide, providerMoved, reasons, replacementFor, subjectOf } from "./plan";
import type { Made, Provider } from "./provider";
import { providerResources } from "./provider-resources";
import type { StepPlan } from "./recorder";
import { type RunContext, remove, replacedWith } from "./removal";

/** Brings resources to what the program wants of them, one registration at a time. */
export class Steps {
  /** Resources deleted early, because what they depend on had to be deleted first. */
  private readonly deletedEarly = new Map<string, ResourceState>();

  constructor(
    private readonly run: RunContext,
    private readonly lookup: Lookup,
  ) {}

  /** Creates, updates, replaces or keeps a resource; resolves when the outcome is saved. */
  async apply(goal: Goal): Promise<ResourceState> {
    this.run.ensureRunning();
    this.lookup.claim(goal.urn);
    const old = await this.lookup.former(goal);
    if (!goal.custom) return this.component(goal, old);
    const provider = isProviderType(goal.type) ? providerResources : await this.run.provider(goal.provider);
    // Everyone reads what a resource is called: a word of it is no secret where it is also a value.
    this.run.events.reveal([parseUrn(goal.urn).name]);
    const { inputs, decision } = await this.plan(goal, provider, old);
    this.run.gate.resource(build(goal, inputs, { id: old?.id ?? "", outputs: {} }, old, false));
    this.run.ensureRunning();
    if (!old || !decision) return this.create(goal, inputs, provider, this.deletedEarly.get(goal.urn));
    if (decision.op === "replace") return this.replace(goal, inputs, provider, old, decision);
    if (decision.op === "update" || this.lookup.interrupted(old, "updating")) {
      return this.update(goal, inputs, provider, old, decision);
    }
    return this.same(goal, inputs, old);
  }

  /**
   * What is to be done with a resource that exists, and the inputs that the provider makes of what the program wants.
   */
  private async plan(
    goal: Goal,
    provider: Provider,
    old: ResourceState | undefined,
  ): Promise<{ readonly inputs: Properties; readonly decision?: Decision }> {
    const checked = () => this.check(goal, goal.inputs, {}, provider);
    if (!old) return { inputs: await checked() };
    // One that others own gives way to one of the stack's own.
    if (old.external)
      return { inputs: await checked(), decision: replacementFor([], { deleteBeforeReplace: false }) };
    const { inputs: olds = {} } = old;
    const inputs = await this.check(
      goal,
      ignoreChanges(goal.inputs, olds, goal.ignoreChanges),
      olds,
      provider,
    );
    const decision = (await providerMoved(old, goal, provider, this.run.journal))
      ? replacementFor(["provider"], goal)
      : await decide(old, goal, inputs, provider);
    // A replacement has nothing of the old one: neither its provider's defaults, nor values that are not to change.
    return decision.op === "replace" ? { inputs: await checked(), decision } : { inputs, decision };
  }

  private async check(
    goal: Goal,
    wanted: Properties,
    olds: Properties,
    provider: Provider,
  ): Promise<Properties> {
    this.run.events.hide(secretStrings(wanted));
    return inheritSecrets(await provider.check(goal.urn, olds, wanted), wanted, []);
  }

  private async component(goal: Goal, old: ResourceState | undefined): Promise<ResourceState> {
    const keys = Object.keys(compare(old?.inputs ?? {}, goal.inputs));
    const op = !old ? "create" : keys.length > 0 ? "update" : "same";
    const state = build(goal, goal.inputs, { id: "", outputs: old?.outputs ?? {} }, old, op === "same");
    await this.run.journal.keep(state, old);
    this.run.recorder.note({ op, urn: goal.urn, newState: state, ...(old ? { oldState: old } : {}) });
    return state;
  }

  private async same(goal: Goal, inputs: Properties, old: ResourceState): Promise<ResourceState> {
    const state = build(goal, inputs, { id: old.id ?? "", outputs: old.outputs ?? {} }, old, true);
    await this.run.journal.keep(state, old);
    this.run.recorder.note({ op: "same", urn: goal.urn, oldState: old, newState: state });
    return state;
  }

  private async create(
    goal: Goal,
    inputs: Properties,
    provider: Provider,
    replaced: ResourceState | undefined,
  ): Promise<ResourceState> {
    const accept = (state: ResourceState) => this.run.journal.keep(state);
    if (!replaced) return this.make(goal, inputs, provider, { op: "create", urn: goal.urn }, accept);
    const plan = { op: "create-replacement" as const, urn: goal.urn, oldState: replaced };
    const state = await this.make(goal, inputs, provider, plan, accept);
    this.run.recorder.note({ ...plan, op: "replace", newState: state });
    return state;
  }

  private async update(
    goal: Goal,
    inputs: Properties,
    provider: Provider,
    old: ResourceState,
    { keys, detailed }: Decision,
  ): Promise<ResourceState> {
    const { journal, preview } = this.run;
    const plan = { op: "update" as const, urn: goal.urn, oldState: old, keys, detailed };
    return this.run.recorder.perform(plan, async () => {
      const draft = build(goal, inputs, { id: old.id ?? "", outputs: old.outputs ?? {} }, old, false);
      const operation = () =>
        provider.update(subjectOf({ ...old, urn: goal.urn }, "update"), inputs, preview);
      const made = await this.noted("updating", draft, operation);
      // One that is not ready was not brought to its new inputs: the next run must see that they differ.
      const state = build(goal, made.initErrors ? (old.inputs ?? {}) : inputs, made, old, false);
      await journal.keep(state, old);
      return ready(state);
    });
  }

  private async replace(
    goal: Goal,
    inputs: Properties,
    provider: Provider,
    old: ResourceState,
    decision: Decision,
  ): Promise<ResourceState> {
    const { keys, replaceKeys, detailed } = decision;
    this.run.protection.refuse(old, "replaced", `${reasons(decision)} changed`);
    const plan = {
      op: "create-replacement" as const,
      urn: goal.urn,
      oldState: old,
      keys,
      replaceKeys,
      detailed,
    };
    if (decision.deleteBeforeReplace) await this.deleteFirst(old);
    const { journal } = this.run;
    const accept = (state: ResourceState) =>
      decision.deleteBeforeReplace ? journal.keep(state) : journal.supersede(old, state);
    const state = await this.make(goal, inputs, provider, plan, accept);
    this.run.recorder.note({ ...plan, op: "replace", newState: state });
    return state;
  }

  private async deleteFirst(old: ResourceState): Promise<void> {
    const doomed = await replacedWith(old, this.run, (urn) => urn !== old.urn && this.lookup.isClaimed(urn));
    for (const state of doomed)
      this.run.protection.refuse(state, "deleted", `${old.urn} is replaced, which needs that`);
    const urns = new Set(doomed.map((state) => state.urn));
    for (const state of doomed) {
      await remove(state, "delete-replaced", urns, this.run);
      this.deletedEarly.set(state.urn, state);
    }
  }

  private async make(
    goal: Goal,
    inputs: Properties,
    provider: Provider,
    plan: StepPlan,
    accept: (state: ResourceState) => Promise<void>,
  ): Promise<ResourceState> {
    return this.run.recorder.perform(plan, async () => {
      const draft = build(goal, inputs, { id: "", outputs: {} }, undefined, false);
      const operation = () => provider.create(subjectOf(draft, "create"), this.run.preview);
      const made = await this.noted("creating", draft, operation);
      const state = build(goal, inputs, made, undefined, false);
      await accept(state);
      return ready(state);
    });
  }

  /** Does an operation with a note of it in the state, which also settles what a crash had left of this resource. */
  private async noted(
    type: "creating" | "updating",
    draft: ResourceState,
    operation: () => Promise<Made>,
  ): Promise<Made> {
    const { journal, preview } = this.run;
    if (preview || isProviderType(draft.type)) return operation();
    const note = await journal.begin(type, draft);
    try {
      const made = await operation();
      journal.settle(...journal.unfinished().filter((each) => each.resource.urn === draft.urn));
      return made;
    } catch (error) {
      journal.settle(note);
      await journal.save();
      throw error;
    }
  }
}
