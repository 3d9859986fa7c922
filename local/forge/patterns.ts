// The paths of artifacts are patterns that a commit chose, and they meet names that a job chose. Node's own glob
// expands braces and compiles patterns to regular expressions, so a few characters could keep it busy for ever.

/** Whether a pattern names a path: `*` and `?` stand for what has no `/`, and `**` for any folders, or none. */
export function names(pattern: string, path: string): boolean {
  return wild(pattern.split("/"), path.split("/"), "**", nameMatches);
}

const nameMatches = (pattern: string, name: string): boolean =>
  wild([...pattern], [...name], "*", (wanted, given) => wanted === "?" || wanted === given);

/** Matches by going back to the last wildcard alone, which takes the product of both lengths at most. */
function wild(
  pattern: readonly string[],
  text: readonly string[],
  wildcard: string,
  same: (wanted: string, given: string) => boolean,
): boolean {
  let [at, next, back, tried] = [0, 0, -1, 0];
  while (next < text.length) {
    if (pattern[at] === wildcard) [back, tried, at] = [at, next, at + 1];
    else if (at < pattern.length && same(pattern[at] as string, text[next] as string))
      [at, next] = [at + 1, next + 1];
    else if (back >= 0) [at, tried, next] = [back + 1, tried + 1, tried + 1];
    else return false;
  }
  return pattern.slice(at).every((left) => left === wildcard);
}
