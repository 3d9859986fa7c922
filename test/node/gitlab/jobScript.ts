import type { JobWork } from "../../../local/forge/run";

type Variables = Readonly<Record<string, string>>;

/** Replaces `$NAME` and `${NAME}`, as GitLab does in an image's name and in variables of the YAML. */
export const expandVariables = (text: string, variables: Variables): string =>
  text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced: string, plain: string) => variables[braced ?? plain] ?? "",
  );

const textOf = (value: unknown) =>
  String(typeof value === "object" ? (value as { value: unknown })?.value : value);

/** All variables of a job: those that the forge gives go before those of the YAML. */
export function jobVariables({ pipeline, job, variables }: JobWork): Variables {
  const yaml = { ...pipeline.variables, ...((job.definition.variables ?? {}) as object) };
  const texts = Object.entries(yaml).map(([key, value]) => [key, textOf(value)] as const);
  const known = { ...Object.fromEntries(texts), ...variables };
  const expanded = texts.map(([key, text]) => [key, expandVariables(text, known)] as const);
  return { ...Object.fromEntries(expanded), ...variables };
}

const linesOf = (value: unknown): string[] => [value ?? []].flat(9).map(String);

/** A line of YAML may be a whole block; the log shows its first line, as GitLab's does. */
const shown = (line: string) => `echo ${quote(`$ ${line.split("\n")[0]}`)}`;

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The script of a job as a runner puts it together: one shell that ends with the first command that fails. */
export const jobScript = ({ before_script, script }: Readonly<Record<string, unknown>>): string =>
  [
    "set -eo pipefail",
    ...[...linesOf(before_script), ...linesOf(script)].flatMap((line) => [shown(line), line]),
  ]
    .join("\n")
    .concat("\n");
