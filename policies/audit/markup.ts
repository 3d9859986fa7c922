/** Text that is HTML already: only `html` makes it, so that nothing else gets past the escaping. */
export class Markup {
  private constructor(private readonly text: string) {}

  /** The characters of the HTML. */
  toString(): string {
    return this.text;
  }

  /** HTML from a template: whatever is put into it is escaped, unless it was made here too. */
  static html(this: void, strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
    return new Markup(String.raw({ raw: strings }, ...values.map(written)));
  }

  /** The content of this project's own style sheets and scripts, which must not end their element. */
  static trusted(this: void, text: string): Markup {
    if (/<\/|<!--/.test(text))
      throw new Error("a style sheet or a script has </ or <!-- in it: write it otherwise");
    return new Markup(text);
  }
}

/** What may stand in a template; `false` and undefined stand for nothing. */
export type Part = Markup | string | number | false | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// Control characters are no HTML, and those that turn the writing direction could make a name look like another.
const unreadable = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}\uFFFE\uFFFF]/gu;

function written(part: Part): string {
  if (part === false || part === undefined) return "";
  if (part instanceof Markup) return part.toString();
  if (typeof part === "object") return part.map(written).join("");
  return String(part)
    .toWellFormed()
    .replace(unreadable, "\uFFFD")
    .replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** The two ways to make HTML. */
export const { html, trusted } = Markup;
