/**
 * Tries until `attempt` gives something true, and gives that; in between it pauses. What it throws meanwhile counts as
 * not yet. After `seconds` it throws what was waited for, and why the last try failed.
 */
export async function eventually<T>(
  what: string,
  attempt: () => Promise<T | undefined | false>,
  seconds = 60,
  pauseMs = 200,
): Promise<T> {
  const until = Date.now() + seconds * 1000;
  let last: Error | undefined;
  while (Date.now() < until) {
    try {
      const found = await attempt();
      last = undefined;
      if (found) return found;
    } catch (error) {
      last = error as Error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  const reason = last ? `: ${last.message}` : "";
  throw new Error(`not within ${seconds} s: ${what}${reason}`, { cause: last });
}
