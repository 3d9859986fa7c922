/** Lines that a person needs at most: the log has the rest. */
const MOST = 20;
/** Lines from the end, where none says by its form that it is a reason. */
const LAST = 6;

const HEADING = /^_{3,} (?:ERROR at \w+ of |ERROR collecting )?(.+?) _{3,}$/;
const ASSERTION = /^E {3,}(?:AssertionError: |Failed: )?(.+)$/;
const PYRIGHT = /^\s*\S+:\d+:\d+ - error: /;
const RUFF = /^(?:Would reformat: |[A-Z]+\d{3,4} |\s*--> )\S/;

/** What pytest found: the test, and the message with the value, the bound and the fix. */
function tests(lines: readonly string[]): string[] {
  let name = "";
  return lines.flatMap((line) => {
    name = HEADING.exec(line)?.[1] ?? name;
    const message = ASSERTION.exec(line)?.[1];
    if (!message || !name) return [];
    // Only the first line of a failure is the message; what follows shows how it was computed.
    const found = `${name}: ${message}`;
    name = "";
    return [found];
  });
}

/** What the job checked last but did not like, with what puts it right. */
function style(lines: readonly string[]): string[] {
  const found = lines.filter((line) => RUFF.test(line));
  return found.length > 0
    ? [...found, "npx ecluse run <use case> --fix formats, and repairs what it can"]
    : [];
}

/** The lines of a failed job's log that say why: a test with its bound, a type, a file's form, or else the last. */
export function tellingLines(log: string): string[] {
  const lines = log.trimEnd().split("\n");
  const found = [...tests(lines), ...lines.filter((line) => PYRIGHT.test(line)), ...style(lines)];
  return found.length > 0 ? found.slice(0, MOST) : lines.slice(-LAST);
}
