import { EngineError } from "../../protocol/errors";
import type { ResourceState } from "./document";

/** Keeps protected resources. A preview goes on after the first that would be lost, so as to name them all. */
export class Protection {
  private readonly refusals: string[] = [];

  constructor(private readonly preview: boolean) {}

  /** Refuses to delete or replace a protected resource; `reason` says why that would be. */
  refuse(state: ResourceState, fate: "deleted" | "replaced", reason: string): void {
    if (!state.protect) return;
    const refusal =
      `resource "${state.urn}" cannot be ${fate} because it is protected: ${reason}; ` +
      "undo that. Where its loss is wanted, run up before with its option protect set to false; in production, " +
      "see docs/decommission.md";
    if (!this.preview) throw new EngineError(refusal);
    this.refusals.push(refusal);
  }

  /** Throws what a preview found, a line for each resource. */
  end(): void {
    if (this.refusals.length > 0) throw new EngineError(this.refusals.join("\n"));
  }
}
