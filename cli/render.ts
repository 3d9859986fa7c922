import { stringify } from "yaml";
import type { RunResult } from "../local/engine/options";
import { operate } from "./deploy";
import { type Placeholder, placeholders } from "./placeholders";
import { fileDigest, LIST, mark, refuseForeign, writeFolder } from "./renderFolder";
import { hideSecrets, type Use } from "./renderHide";
import { objectsOf, titleOf } from "./renderObjects";
import { print, printJson, type Session } from "./session";
import { settingsOf, UserError } from "./stacks";

/** The options of `render`. */
export interface RenderOptions {
  readonly out: string;
  /** Edits in the folder are lost. */
  readonly force?: boolean;
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
): Rendered {
  const found = objectsOf(plan.steps);
  if (found.length === 0)
    throw new UserError(`${stack} has no Kubernetes objects: render a stack of target azure or kubernetes`);
  const { objects, uses } = hideSecrets(found, made);
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
  const { out, json, force, config = {} } = options;
  refuseForeign(out, force);
  const settings = settingsOf(stack, config);
  const subscription = settings.kind === "environment" ? settings.azure?.subscriptionId : undefined;
  const { fill, made } = placeholders(subscription ?? "00000000-0000-0000-0000-000000000000");
  const plan = await operate("preview", stack, session.progress, { signal: session.signal, config, fill });
  const { files, objects, uses } = rendered(stack, plan, made);
  writeFolder(out, files, force);
  if (json) return printJson({ stack, out, objects, placeholders: uses });
  print(`${stack}: ${objects.length} Kubernetes objects in ${out}, by number in the order to apply them`);
  const count = new Set(uses.map(({ value }) => value)).size;
  if (count > 0)
    print(`${count} placeholders stand for what only the cloud knows, and for secrets: ${out}/${LIST}`);
}
