/**
 * Tries until `attempt` gives something true, and gives that; throws after `seconds`. What it throws meanwhile counts
 * as not yet.
 */
export async function eventually<T>(attempt: () => Promise<T | undefined | false>, seconds = 60): Promise<T> {
  const until = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < until) {
    try {
      const found = await attempt();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`not within ${seconds} s`, { cause: last });
}
