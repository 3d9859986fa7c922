import { BLANKED } from "../../protocol/properties";

/** What a run does to a stack: `refresh` takes what there is into the state, and changes nothing else. */
export type Operation = "up" | "preview" | "refresh" | "destroy";

/** What a step does to one resource, in the words of the Pulumi CLI. */
export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "discard";

/** How serious a diagnostic is. */
export type Severity = "info" | "warning" | "error";

/** The events of the engine while it runs, for printers; texts hold no secret. */
export type EngineEvent =
  | { type: "start"; operation: Operation; project: string; stack: string }
  | { type: "step-started"; op: Op; urn: string; keys: readonly string[] }
  | { type: "step-finished"; op: Op; urn: string; seconds: number }
  | { type: "step-failed"; op: Op; urn: string; seconds: number; message: string }
  | { type: "diagnostic"; severity: Severity; message: string; urn?: string }
  | { type: "log"; source: string; line: string }
  | { type: "summary"; changes: Partial<Record<Op, number>>; seconds: number; succeeded: boolean };

/** Passes events on with every secret value that the engine has seen blanked out. */
export class EventSink {
  private readonly secrets = new Set<string>();
  private readonly held: string[] = [];
  private readonly plain: string[] = [];

  constructor(private readonly listener: (event: EngineEvent) => void = () => {}) {}

  /**
   * Takes in texts that anyone may read, as the config's: what is within one of them is no secret, wherever else it
   * stands.
   */
  reveal(texts: readonly string[]): void {
    this.plain.push(...texts);
  }

  /** Adds texts that must never be shown, and each of their lines; under four characters would blank ordinary words. */
  hide(texts: readonly string[]): void {
    for (const text of texts.flatMap((whole) => [whole, ...whole.split("\n")])) {
      if (text.length >= 4 && !this.plain.some((open) => open.includes(text))) this.secrets.add(text);
    }
  }

  /** Blanks the hidden texts out of a text. */
  clean(text: string): string {
    let cleaned = text;
    const longestFirst = [...this.secrets].sort((left, right) => right.length - left.length);
    for (const hidden of longestFirst) cleaned = cleaned.replaceAll(hidden, BLANKED);
    return cleaned;
  }

  /** Holds an error back: it is reported as the failure of the run, or else at its end. */
  hold(message: string, urn: string): void {
    this.held.push(urn ? `${urn}: ${message}` : message);
  }

  /** The errors that were held back; they count as reported. */
  takeHeld(): string[] {
    return this.held.splice(0);
  }

  /** Sends one event to the listener. */
  emit(event: EngineEvent): void {
    const cleaned = { ...event };
    if ("message" in cleaned) cleaned.message = this.clean(cleaned.message);
    if ("line" in cleaned) cleaned.line = this.clean(cleaned.line);
    this.listener(cleaned);
  }

  /** Sends a diagnostic. */
  diagnose(severity: Severity, message: string, urn?: string): void {
    this.emit({ type: "diagnostic", severity, message, ...(urn ? { urn } : {}) });
  }
}
