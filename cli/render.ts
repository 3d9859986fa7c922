import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { draftOf } from "../local/durable";
import type { RunResult } from "../local/engine/options";
import { completion, type Kept, type Values } from "./completion";
import { operate } from "./deploy";
import { hideSecrets, objectsOf, titleOf, type Use } from "./kubernetesObjects";
import { type Placeholder, placeholders } from "./placeholders";
import { print, printJson, type Session } from "./session";
import { settingsOf, UserError } from "./stacks";

/** The file in every folder that was rendered; it begins with {@link mark}. */
export const LIST = "placeholders.yaml";

/** What `--complete` keeps beside the objects: passwords, keys and certificates, and what a person chose. */
export const [GENERATED, CHOSEN] = ["generated.yaml", "chosen.yaml"];

/** The first line of {@link LIST}. */
const mark = "# Written by `ecluse render`, which replaces this folder each time.";

/** What a file is recognised by at the next render. */
const fileDigest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The options of `render`. */
export interface RenderOptions {
  readonly out: string;
  /** Edits in the folder are lost. */
  readonly force?: boolean;
  /** Generates what nobody has to choose, and keeps it in the folder. */
  readonly complete?: boolean;
  readonly json?: boolean;
  readonly config?: Readonly<Record<string, string>>;
}

/** Text by file name, and what is in it. */
export interface Rendered {
  readonly files: Readonly<Record<string, string>>;
  readonly objects: readonly { readonly file: string; readonly object: string; readonly urn: string }[];
  readonly uses: readonly Use[];
}

/** Writes the Kubernetes objects of a previewed stack as files, in the order to apply them. */
export function rendered(
  stack: string,
  plan: Pick<RunResult, "steps">,
  made: readonly Placeholder[],
  complete = false,
): Rendered {
  const found = objectsOf(plan.steps);
  if (found.length === 0)
    throw new UserError(`${stack} has no Kubernetes objects: render a stack of target azure or kubernetes`);
  const { objects, uses } = hideSecrets(found, made, complete);
  const written = objects.map(({ object, fields }, at) => {
    const name = object.name.replaceAll(/[^a-z0-9.-]/g, "-");
    const file = `${String(at + 1).padStart(3, "0")}-${object.kind.toLowerCase()}-${name}.yaml`;
    return { file, object: titleOf(object), urn: object.urn, text: yaml(fields) };
  });
  const texts = written.map(({ file, text }) => [file, text] as const);
  return {
    files: { ...Object.fromEntries(texts), [LIST]: listOf(stack, uses, texts) },
    objects: written.map(({ file, object, urn }) => ({ file, object, urn })),
    uses,
  };
}

/** kubectl reads YAML 1.1, where an unquoted `yes` or `1:30` is no text. */
const yaml = (value: object) =>
  stringify(value, { lineWidth: 0, version: "1.1", aliasDuplicateObjects: false });

function listOf(
  stack: string,
  uses: readonly Use[],
  texts: readonly (readonly [file: string, text: string])[],
): string {
  const values = [...new Set(uses.map(({ value }) => value))];
  const listed = values.map((value) => {
    const own = uses.filter((use) => use.value === value);
    return {
      value,
      ...(own.some(({ secret }) => secret) ? { secret: true } : {}),
      from: [...new Set(own.flatMap(({ from }) => from))],
      in: own.map(({ object, field }) => `${object}: ${field}`),
    };
  });
  const files = Object.fromEntries(texts.map(([file, text]) => [file, fileDigest(text)]));
  return `${mark}\n${yaml({ stack, placeholders: listed, files })}`;
}

/** Previews a stack and writes its Kubernetes objects into a folder; no cluster and no cloud is asked. */
export async function render(session: Session, stack: string, options: RenderOptions): Promise<void> {
  const { out, json, force, complete = false, config = {} } = options;
  refuseForeign(out, force ?? false, complete);
  const settings = settingsOf(stack, config);
  const subscription = settings.kind === "environment" ? settings.azure?.subscriptionId : undefined;
  const invented = placeholders(subscription ?? "00000000-0000-0000-0000-000000000000");
  const kept = keptIn(out);
  const { fill, made, generated } = complete ? completion(invented, kept) : { ...invented, generated: {} };
  const plan = await operate("preview", stack, session.progress, { signal: session.signal, config, fill });
  const { files, objects, uses } = rendered(stack, plan, made, complete);
  const beside = complete ? keptFiles({ generated, chosen: kept.chosen }, uses) : {};
  writeFolder(out, { ...files, ...beside }, force, complete);
  if (json) return printJson({ stack, out, objects, placeholders: uses });
  print(`${stack}: ${objects.length} Kubernetes objects in ${out}, by number in the order to apply them`);
  const count = new Set(uses.map(({ value }) => value)).size;
  if (count > 0 && complete)
    print(`${count} values are yours to choose: write them into ${out}/${CHOSEN}, and run this again`);
  else if (count > 0)
    print(`${count} placeholders stand for what only the cloud knows, and for secrets: ${out}/${LIST}`);
}

/** What an earlier `--complete` left in a folder. */
function keptIn(folder: string): Kept {
  const read = (name: string): Values => {
    const file = join(folder, name);
    return (existsSync(file) && (parse(readFileSync(file, "utf8")) as Values | null)) || {};
  };
  return { generated: read(GENERATED), chosen: read(CHOSEN) };
}

/** The files that `--complete` keeps: what it made, and each value that a person chose or has to choose. */
function keptFiles({ generated, chosen }: Kept, uses: readonly Use[]): Record<string, string> {
  const open = uses.flatMap(({ from }) => from).filter((source) => !chosen[source]);
  const all = { ...chosen, ...Object.fromEntries(open.map((source) => [source, ""])) };
  const head = "# Yours to choose: write each value behind its name, then render with --complete again.\n";
  const known = "# Secrets that render --complete made. Without this file the next one makes others.\n";
  return { [GENERATED]: `${known}${yaml(sorted(generated))}`, [CHOSEN]: `${head}${yaml(sorted(all))}` };
}

const sorted = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)));

/**
 * A file of a folder that somebody has edited since it was rendered, such as to put a real value in a placeholder's
 * place.
 */
function editedIn(folder: string, names: readonly string[]): string | undefined {
  const { files = {} } = parse(readFileSync(join(folder, LIST), "utf8")) as {
    files?: Record<string, string>;
  };
  return names.find(
    (name) => files[name] && files[name] !== fileDigest(readFileSync(join(folder, name), "utf8")),
  );
}

/**
 * Throws unless a folder may be written: it is not there, empty, or of an earlier render and as that left it. `force`
 * loses edits.
 */
function refuseForeign(folder: string, force: boolean, complete: boolean): void {
  if (!existsSync(folder)) return;
  if (!lstatSync(folder).isDirectory())
    throw new UserError(`--out ${folder} is no folder: name one that is not there yet`);
  const names = readdirSync(folder);
  if (names.length === 0) return;
  const own = names.includes(LIST) && readFileSync(join(folder, LIST), "utf8").startsWith(mark);
  const beside = [LIST, GENERATED, CHOSEN];
  const foreign = names.find(
    (name) => !own || !(beside.includes(name) || /^\d{3}-[a-z0-9.-]+\.yaml$/.test(name)),
  );
  if (foreign)
    throw new UserError(
      `--out ${folder} has ${foreign}, which render did not write: remove it, or name another folder`,
    );
  if (names.includes(GENERATED) && !complete)
    throw new UserError(
      `--out ${folder} has ${GENERATED}, secrets that would be lost: give --complete, or name another folder`,
    );
  const edited = force ? undefined : editedIn(folder, names);
  if (edited)
    throw new UserError(
      `--out ${folder} has ${edited}, edited since render wrote it: name another folder, or give --force ` +
        "to lose the edits",
    );
}

/**
 * Puts files into a folder in the place of all that was there; who looks sees the old ones or the new ones, never a
 * part.
 */
export function writeFolder(
  folder: string,
  files: Readonly<Record<string, string>>,
  force = false,
  complete = false,
): void {
  refuseForeign(folder, force, complete);
  const target = resolve(folder);
  mkdirSync(dirname(target), { recursive: true });
  const draft = draftOf(target);
  const old = draft.replace(/new$/, "old");
  // Complete objects hold secrets.
  const [folderMode, mode] = complete ? [0o700, 0o600] : [0o777, 0o666];
  mkdirSync(draft, { mode: folderMode });
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(draft, name), text, { mode });
    if (existsSync(target)) renameSync(target, old);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}
