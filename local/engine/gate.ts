import { EngineError } from "../../protocol/errors";
import { parseUrn } from "../../protocol/urn";
import type { Analyzer, Violation } from "./analyzer";
import type { ResourceState } from "./document";
import type { EventSink } from "./events";

const shown = ({ policy, urn, message }: Violation) => {
  const { type, name } = parseUrn(urn);
  return `policy ${policy}: ${type} ${name}: ${message}`;
};

/** Lets a step through that keeps every mandatory policy; without an analyzer, each. */
export class Gate {
  private broken = 0;

  constructor(
    private readonly analyzer: Analyzer | undefined,
    private readonly events: EventSink,
    private readonly preview: boolean,
  ) {}

  /** Judges a resource; throws an EngineError for a mandatory violation, but in a preview goes on, to report all. */
  resource(state: ResourceState): void {
    this.report(this.analyzer?.resource(state) ?? []);
  }

  /**
   * Judges the whole; throws an EngineError for a mandatory violation, in a preview also for those of single
   * resources.
   */
  end(states: readonly ResourceState[]): void {
    this.report(this.analyzer?.stack(states) ?? []);
    if (this.broken > 0) throw new EngineError(`${this.broken} mandatory policies are violated`);
  }

  private report(violations: readonly Violation[]): void {
    const mandatory = violations.filter(({ level }) => level === "mandatory");
    for (const violation of violations.filter(({ level }) => level === "advisory"))
      this.events.diagnose("warning", shown(violation));
    if (mandatory.length > 0 && !this.preview) throw new EngineError(mandatory.map(shown).join("\n"));
    for (const violation of mandatory) this.events.diagnose("error", shown(violation));
    this.broken += mandatory.length;
  }
}
