import { stderr, stdin } from "node:process";
import { createInterface } from "node:readline/promises";
import { UserError } from "./stacks";

/** How somebody is asked; `fallback` is what an empty answer means. */
export type Ask = (question: string, fallback?: string) => Promise<string>;

/** Asks on the terminal, where Ctrl-C ends the asking with `stopped`; undefined where there is none. */
export function terminal(stopped: string): Ask | undefined {
  if (!stdin.isTTY) return undefined;
  return async (question, fallback) => {
    const asked = createInterface({ input: stdin, output: stderr });
    const ended = new Promise<never>((_, reject) => {
      asked.once("close", () => reject(new UserError(stopped)));
    });
    const answer = asked.question(`${question}${fallback ? ` [${fallback}]` : ""}: `);
    return Promise.race([answer, ended])
      .then((text) => text.trim() || (fallback ?? ""))
      .finally(() => asked.close());
  };
}
