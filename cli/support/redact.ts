import { MASKED, masker } from "../../local/forge/mask";

/** Names whose values are secrets, whatever they are. */
const names =
  "passw(?:or)?d|passphrase|pwd|secret|token|authorization|credentials?|signature|sig|(?:api|access|account|private)[_-]?key";

/** What is a secret by its form alone: nobody need know it. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASKED],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASKED],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${MASKED}`],
  [/(\w:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/g, `$1${MASKED}`],
  [
    new RegExp(
      `((?:${names})["']?\\s*[=:](?!:)\\s*["']?)(?!\\[MASKED\\]|(?:bearer|basic)\\b)[^\\s"'&,;}]{4,}`,
      "gi",
    ),
    `$1${MASKED}`,
  ],
];

/** Makes a function that hides in a text the secrets that are given, and what looks like one. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const hide = masker(secrets);
  return (text) => {
    const known = text.split("\n").map(hide).join("\n");
    return forms.reduce((hidden, [form, shown]) => hidden.replace(form, shown), known);
  };
}

/** The given secrets that a text still has: none, or it must not leave the machine. */
export const leaked = (text: string, secrets: readonly string[]): number =>
  secrets.filter((secret) => secret.length >= 8 && text.includes(secret)).length;
