import { isSecret, UNKNOWN, type Value } from "../protocol/properties";
import { text } from "./values";

/** What secrets look like, wherever they stand. */
const forms: Readonly<Record<string, RegExp>> = {
  "a private key": /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/,
  // As a kubeconfig and a Secret hold it: in base64, PRIVATE, or the RSA, EC or OPENSSH that comes before it.
  "an encoded private key": /LS0tLS1CRUdJTiB(QUklW|SU0Eg|FQyB|PUEVO)/,
  "a token of GitLab": /\bgl(pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[\w-]{20,}/,
  "a token of GitHub": /\b(gh[pousr]_\w{36,}|github_pat_\w{22,})/,
  "a token of Slack": /\bxox[abeoprs]-[\w-]{10,}/,
  "a token of Pulumi": /\bpul-[0-9a-f]{40}\b/,
  "a JSON web token": /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
  "a key of AWS": /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  "a key of an Azure account": /\bAccountKey=[A-Za-z0-9+/]{40,}/i,
  "a shared access signature": /[?&;]sig=[A-Za-z0-9%+/=]{20,}/,
  "a secret of an Entra application": /\b[\w~.-]{3}\dQ~[\w~.-]{31,34}\b/,
  "a password in a URL": /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:[^\s@/]+@/i,
};

/** What a property is called that holds a secret, not the name or the file of one. */
export const secretName =
  /(password|passwd|passphrase|secret|token|connection_?string|(access|account|api|encryption|private|root|secret|session|shared|signing)_?key(_?pem)?)$/i;

/** How many bits a character of the text is worth. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

/** A text that nobody made up by hand, and that is no path. */
const random = (text: string) =>
  /^\S{12,}$/.test(text) &&
  /\d/.test(text) &&
  /[a-z]/i.test(text) &&
  !/^[a-z]*:?\//i.test(text) &&
  entropy(text) > 3.2;

/**
 * What a value is called: by its key or, as in a list of variables, by the name or key that stands beside it. A key
 * with dots in it stands in brackets, which are not part of the name.
 */
const called = (root: Value | undefined, path: string) =>
  (path === "value" ? (text(root, "name") ?? text(root, "key")) : undefined) ?? path.replace(/\]$/, "");

/** Whether the value at a path may be, or hold, a secret that nobody marked, so that no finding may show it. */
export function mayBeSecret(root: Value | undefined, path: string, value: Value): boolean {
  return [...openTexts(value, called(root, path))].some(
    ([at, text]) => secretName.test(at) || secretForm(at, text) !== undefined || namesSecret(text),
  );
}

/**
 * What a text gives to a name within it, such as `password = "…"` in a file of settings; not what stands for a
 * variable.
 */
const assigned = /([\w-]+)["']?\s*[:=]\s*["']?(?![$%<])([^\s"',;{}]+)/g;

/** As `--password hunter2`. */
const option = /--?([\w-]+)\s+(?![$%<-])\S/g;

/** Whether a text gives anything to a name of a secret; what it gives may be one, however simple. */
const namesSecret = (text: string) =>
  [...text.matchAll(assigned), ...text.matchAll(option)].some(([, name = ""]) => secretName.test(name));

const hasSecret = (text: string) =>
  [...text.matchAll(assigned)].some(([, name = "", value = ""]) => secretName.test(name) && random(value));

/** What kind of secret a text is, or undefined; `path` says what it is called. */
function secretForm(path: string, text: string): string | undefined {
  const form = Object.keys(forms).find((name) => forms[name]?.test(text));
  if (form) return form;
  if (hasSecret(text)) return "a text with a secret in it";
  return secretName.test(path) && random(text) ? "a random text" : undefined;
}

/** Every text of a value that is not marked secret, with its path; UNKNOWN for one that is not known yet. */
export function* openTexts(value: Value, path = ""): Iterable<readonly [path: string, text: string]> {
  if (typeof value === "string") yield [path, value];
  if (typeof value !== "object" || value === null || isSecret(value)) return;
  for (const [key, item] of Object.entries(value))
    yield* openTexts(item as Value, path ? `${path}.${key}` : key);
}

/**
 * Unmarked secrets in a value: where, and what kind. `unknown` lists properties with a secret's name and an unknown
 * value.
 */
export function openSecrets(value: Value): {
  readonly found: readonly string[];
  readonly unknown: readonly string[];
} {
  const all = [...openTexts(value)];
  return {
    found: all.flatMap(([path, text]) => {
      const form = text === UNKNOWN ? undefined : secretForm(path, text);
      return form ? [`${path} is ${form}`] : [];
    }),
    unknown: all.filter(([path, text]) => text === UNKNOWN && secretName.test(path)).map(([path]) => path),
  };
}
