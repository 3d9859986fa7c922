import { join } from "node:path";
import { readJson, updateJson } from "../local/forge/store";
import { homeFolder } from "../local/home";

type Entries = Record<string, { readonly inputs: string; readonly result: unknown }>;

/**
 * Remembers which steps of a use case's way were done, and for what, so that a run goes on where the last one ended.
 */
export class Journal {
  private readonly file: string;
  /** How many steps this run did, rather than found done. */
  done = 0;

  constructor(useCase: string) {
    this.file = join(homeFolder(), "journal", `${useCase}.json`);
  }

  /** Does `work` unless its last success was for the same `inputs`; gives its result, of this time or of then. */
  async once<T>(step: string, inputs: unknown, work: () => Promise<T>): Promise<T> {
    const wanted = JSON.stringify(inputs);
    const before = readJson<Entries>(this.file, {})[step];
    if (before?.inputs === wanted) return before.result as T;
    const result = await work();
    updateJson<Entries, void>(this.file, {}, (entries) => {
      entries[step] = { inputs: wanted, result };
    });
    this.done++;
    return result;
  }
}
