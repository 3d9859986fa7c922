import type { z } from "zod";
import { InputError } from "../components/errors";

/** Notes a mistake; the check goes on. */
export type Refuse = (key: string, value: unknown, fix: string) => void;

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A key as the file has it: `ecluse:useCases[0].name`. */
const keyOf = ([first, ...rest]: Path) =>
  [
    `ecluse:${String(first)}`,
    ...rest.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)),
  ].join("");

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part], value);

/** The form that was meant, of several that a value may have: one whose kind fits, so that only its parts are wrong. */
const meant = (forms: readonly (readonly Issue[])[]) =>
  forms.find((issues) => issues.every(({ path }) => path.length > 0));

const hidden = /token|password|passwd|secret|credential|private_?key|api_?key/i;
const tokens = /\b(gl[a-z]{2,6}-|ghp_|github_pat_|AKIA|eyJ[\w-]+\.|-----BEGIN)/;

/** Refuses a key that there is not. What may be a secret is not said: messages end in logs. */
export function unknownKey(key: string, value: unknown, fix: string): InputError {
  const secret = hidden.test(key.replace(/^.*[:.]/, "")) || tokens.test(JSON.stringify(value) ?? "");
  if (!secret) return new InputError(key, value, fix);
  return new InputError(
    key,
    "(not shown)",
    "a secret has no place in a file that is committed: remove it, have it revoked, and see " +
      "docs/settings.md for where it is read from",
  );
}

/** What is wrong with a value, by what zod found: one error per mistake. */
export function mistakesOf(values: unknown, issues: readonly Issue[], prefix: Path = []): InputError[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    const form = issue.code === "invalid_union" && meant(issue.errors);
    if (form) return mistakesOf(values, form, path);
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) =>
        unknownKey(keyOf([...path, key]), at(values, [...path, key]), issue.message),
      );
    return [new InputError(keyOf(path), at(values, path), issue.message)];
  });
}
