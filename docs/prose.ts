const fenced = /^( *)```[^\n]*\n[\s\S]*?^\1```$/gm;
const comment = /<!--[\s\S]*?-->/g;

const isTable = (line: string) => line.trimStart().startsWith("|");
const isHeading = (line: string) => /^#+ /.test(line);
const startsItem = (line: string) => /^\s*([-*]|\d+\.) /.test(line);

/** A page without blocks of code and comments. */
const prose = (page: string) => page.replaceAll(fenced, "").replaceAll(comment, "");

/** The paragraphs and items of lists of a page, each in one line. */
function paragraphs(page: string): string[] {
  const found: string[] = [];
  let open = false;
  for (const line of prose(page).split("\n")) {
    const ends = line.trim() === "" || isTable(line) || isHeading(line);
    if (!ends && open && !startsItem(line)) found.push(`${found.pop()} ${line.trim()}`);
    else if (!ends) found.push(line.replace(/^\s*([-*]|\d+\.) /, "").trim());
    open = !ends;
  }
  return found;
}

/** The sentences of a page: no table, no code, no heading. A link is its text, and a piece of code is one word. */
export function sentences(page: string): string[] {
  const plain = (text: string) => text.replace(/`[^`]+`/g, "CODE").replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1");
  return paragraphs(page)
    .map(plain)
    .flatMap((text) => text.split(/(?<!\b(?:e\.g|i\.e|vs))(?<=[.!?]["*)]*)\s+(?=[^a-z])/))
    .filter((sentence) => /\w/.test(sentence));
}

/** How many words a sentence has. */
export const wordsOf = (sentence: string): number =>
  sentence.split(/\s+/).filter((word) => /\w/.test(word)).length;

/** The lines of prose over 120 characters. Tables are not lines, and a line that is one link cannot be broken. */
export const longLines = (page: string): string[] =>
  prose(page)
    .split("\n")
    .filter(
      (line) => line.length > 120 && !isTable(line) && !/^\s*([-*] )?\[[^\]]*\]\(\S+\)[.,]?$/.test(line),
    );

/** Words that only this project would understand, in prose and in code. */
export const privateWords = /\b(basins?|whom|told|tells|mend(s|ed)?|anew|lies|lie)\b/i;

const isMarkup = (line: string) => /^\s*<|html`/.test(line);

/** The lines of code over 120 characters, but for markup, and for those with a text that has no space to break it at. */
export const longCodeLines = (code: string): string[] =>
  code.split("\n").filter((line) => line.length > 120 && !isMarkup(line) && !/\S{60}/.test(line));
