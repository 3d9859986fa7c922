import { createHash } from "node:crypto";
import { joinPath } from "../local/engine/paths";
import { isObject, isSecret, type Properties, UNKNOWN, type Value } from "../local/engine/properties";
import type { Placeholder } from "./placeholders";
import { type KubernetesObject, resourceName, titleOf } from "./renderObjects";
import { UserError } from "./stacks";

/** A placeholder in one field of one object. */
export interface Use {
  readonly value: string;
  readonly secret: boolean;
  readonly object: string;
  readonly field: string;
  /** What gives the real value, as `<type> <name> <property>`. */
  readonly from: readonly string[];
}

/** Objects that can be shown and applied, and the placeholders in them. */
export interface Hidden {
  readonly objects: readonly { readonly object: KubernetesObject; readonly fields: Properties }[];
  readonly uses: readonly Use[];
}

/**
 * Replaces every secret by a placeholder, and finds the placeholders that the preview was filled with.
 * @throws UserError for what a placeholder cannot stand for, and for values that nobody knows.
 */
export function hideSecrets(objects: readonly KubernetesObject[], made: readonly Placeholder[]): Hidden {
  const uses: Use[] = [];
  const wrong: string[] = [];
  const hidden = objects.map((object) => {
    const visitor = new Visitor(object, made, uses, wrong);
    return { object, fields: visitor.visit(object.fields, "", false) as Properties };
  });
  if (wrong.length > 0) throw new UserError(wrong.join("\n"));
  return { objects: hidden, uses };
}

class Visitor {
  private readonly title: string;

  constructor(
    private readonly object: KubernetesObject,
    private readonly made: readonly Placeholder[],
    private readonly uses: Use[],
    private readonly wrong: string[],
  ) {
    this.title = titleOf(object);
  }

  visit(value: Value, field: string, secret: boolean): Value {
    if (isSecret(value)) return this.visit(value.value ?? null, field, true);
    if (Array.isArray(value)) return value.map((item, at) => this.visit(item, `${field}[${at}]`, secret));
    if (!isObject(value)) return this.leaf(value, field, secret);
    const entries = Object.entries(value).map(([key, item]) => {
      const path = joinPath(field, key);
      return [key, this.visit(item, path, secret || this.isData(path))] as const;
    });
    return Object.fromEntries(entries);
  }

  /** The data of a Secret is secret, whether its maker has marked it or not. */
  private isData(path: string): boolean {
    return this.object.kind === "Secret" && (path === "data" || path === "stringData");
  }

  private leaf(value: Exclude<Value, Value[] | Properties>, field: string, secret: boolean): Value {
    // Of an unknown that lies deeper in a Secret's data it is known that it is a text.
    if (value === UNKNOWN && !(this.isData(field.replace(/[.[].*/, "")) && /[.[]/.test(field))) {
      const from = this.sources(field).join(" or ") || "an output";
      return this.refuse(`${field} is not known without ${from}: give it a value in cli/placeholders.ts`);
    }
    if (value === null || (typeof value !== "string" && !secret)) return value;
    if (typeof value !== "string")
      return this.refuse(
        `${field} is a secret ${typeof value}, which no placeholder can stand for: mark only texts`,
      );
    const found = this.made.filter((placeholder) => value.includes(placeholder.value));
    const from = found.map(({ type, name, property }) => `${type} ${name} ${property}`);
    if (!secret) {
      for (const { value: text } of found) this.note(text, false, field, from.slice(0, 1));
      return value;
    }
    // What is one value is one placeholder, wherever it stands.
    const same = found.find((placeholder) => placeholder.value === value);
    const standIn = this.standIn(field, same ? `${same.type} ${same.name} ${same.property}` : undefined);
    this.note(standIn, true, field, from.length > 0 ? from : this.sources(field));
    return field.startsWith("data") && this.object.kind === "Secret" ? btoa(standIn) : standIn;
  }

  private note(value: string, secret: boolean, field: string, from: readonly string[]): void {
    this.uses.push({ value, secret, object: this.title, field, from });
  }

  private refuse(message: string): null {
    this.wrong.push(`${this.title}: ${message}`);
    return null;
  }

  private sources(field: string): string[] {
    const [top = ""] = field.split(/[.[]/);
    return (this.object.sources[top] ?? []).map(resourceName);
  }

  private standIn(field: string, source = `${this.object.urn} ${field}`): string {
    // The API server parses this one.
    if (field.includes(".dockerconfigjson")) return '{"auths":{}}';
    const hash = createHash("sha256").update(source).digest("hex");
    return `placeholder-${hash.slice(0, 16)}`;
  }
}
