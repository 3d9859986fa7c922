/** What stands in a log for a secret. */
export const MASKED = "[MASKED]";

const SHORTEST = 8;
const EDGE = 4;
const WRAPPED = /[A-Za-z0-9+/=_.%:@?&~-]{16,}/g;

/**
 * Makes a function that hides secrets in a line of log: as they are, URL-encoded, in base64 wherever they stand
 * in the encoded text, and in pieces of 16 characters or more, as `base64` and `fold` wrap them.
 */
export function masker(secrets: readonly string[]): (line: string) => string {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form.length >= SHORTEST);
  forms.sort((a, b) => b.length - a.length); // the whole before its parts
  return (line) => {
    let hidden = line;
    for (const form of forms) hidden = hidden.replaceAll(form, MASKED);
    return hidden.replace(WRAPPED, (piece) => (isPart(piece, forms) ? MASKED : piece));
  };
}

/** The ends of a piece may be padding, or carry bits of what stands next to the secret. */
function isPart(piece: string, forms: readonly string[]): boolean {
  const core = piece.slice(EDGE, -EDGE);
  return forms.some((form) => form.includes(core));
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const encoded = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The characters at either end also carry bits of the neighbours, so they vary with them.
    const core = text.slice(
      offset === 0 ? 0 : offset + 1,
      (offset + bytes.length) % 3 === 0 ? undefined : -1,
    );
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...encoded];
}
