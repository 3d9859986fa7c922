import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import type { Rule } from "./rule";
import schema from "./waivers.schema.json";

/** An accepted violation: of one rule, on the resources of a pattern, for a time. */
export interface Waiver {
  readonly id: string;
  readonly rule: string;
  /** A URN, in which `*` stands for any text. */
  readonly urnPattern: string;
  readonly reason: string;
  readonly risk: string;
  readonly owner: string;
  readonly approver: string;
  readonly ticket: string;
  /** Days, YYYY-MM-DD. */
  readonly created: string;
  readonly expiresOn: string;
}

const longest = 180;
const day = 86_400_000;

/** The waivers of a repository: which cover what, and which were used. */
export class Waivers {
  private readonly used = new Set<string>();

  constructor(
    readonly all: readonly Waiver[],
    private readonly today: string,
  ) {}

  /** The waiver that covers a violation; an expired one covers nothing any more. */
  covering(rule: string, urn: string): Waiver | undefined {
    const found = this.all.find(
      (waiver) => waiver.rule === rule && fits(waiver, urn) && !this.expired(waiver),
    );
    if (found) this.used.add(found.id);
    return found;
  }

  private expired({ expiresOn }: Waiver): boolean {
    return expiresOn < this.today;
  }

  /** Waivers that are over: each must be renewed by decision, or removed. */
  get over(): readonly Waiver[] {
    return this.all.filter((waiver) => this.expired(waiver));
  }

  /** Waivers that covered nothing in what was judged so far. */
  get unused(): readonly Waiver[] {
    return this.all.filter((waiver) => !this.used.has(waiver.id) && !this.expired(waiver));
  }
}

function fits({ urnPattern }: Waiver, urn: string): boolean {
  const form = urnPattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${form.join(".*")}$`).test(urn);
}

const valid = addFormats(new Ajv({ allErrors: false, verbose: true })).compile<Waiver[]>(schema);

function readYaml(text: string): unknown {
  try {
    return parse(text) ?? [];
  } catch (error) {
    throw new Error(`policies/waivers.yaml: ${(error as Error).message}`);
  }
}

/** Reads waivers from YAML; throws an Error that names the waiver, the key and the fix. */
export function parseWaivers(yaml: string, rules: readonly string[], today: string): Waivers {
  const document = readYaml(yaml);
  if (!valid(document)) throw new Error(`policies/waivers.yaml: ${schemaError(document)}`);
  for (const [at, waiver] of document.entries()) {
    const twice = document.findIndex(({ id }) => id === waiver.id) < at;
    const wrong = twice ? "id is there twice: choose another" : wrongOf(waiver, rules, today);
    if (wrong) throw new Error(`policies/waivers.yaml: ${waiver.id}: ${wrong}`);
  }
  return new Waivers(document, today);
}

/** The first thing that is wrong by the schema: which waiver, which key, which value, and what it must be. */
function schemaError(document: unknown): string {
  const [
    { instancePath, message, data, params } = {
      instancePath: "",
      message: "is wrong",
      data: undefined,
      params: {},
    },
  ] = valid.errors ?? [];
  const [, index, key] = instancePath.split("/");
  const named =
    Array.isArray(document) && index !== undefined
      ? `${document[Number(index)]?.id ?? `waiver ${index}`}: `
      : "";
  const stray = "additionalProperty" in params ? ` (${params.additionalProperty})` : "";
  return (
    `${named}${key ? `${key} is ${JSON.stringify(data)}, and ` : ""}${message}${stray}: see ` +
    "policies/waivers.schema.json"
  );
}

/** The person that a text names: the address in it, without the name or spaces around it. */
const person = (text: string) => (/[^\s<>]+@[^\s<>]+/.exec(text)?.[0] ?? text.trim()).toLowerCase();

/** What is wrong beyond the schema. */
function wrongOf(
  { rule, owner, approver, created, expiresOn }: Waiver,
  rules: readonly string[],
  today: string,
): string | undefined {
  if (!rules.includes(rule)) return `rule is "${rule}": there is no such rule`;
  if (person(owner) === person(approver))
    return `approver is "${approver}", the owner: somebody else must approve`;
  if (created > today)
    return `created is "${created}", a day in the future: write the day on which it was approved`;
  const days = (Date.parse(expiresOn) - Date.parse(created)) / day;
  if (days > 0 && days <= longest) return undefined;
  return `expiresOn is ${days} days after created: at most ${longest}, and at least one`;
}

/** The repository's own waivers, as of today. */
export const readWaivers = (rules: readonly Rule[]): Waivers =>
  parseWaivers(
    readFileSync(join(__dirname, "waivers.yaml"), "utf8"),
    rules.map(({ id }) => id),
    new Date().toISOString().slice(0, 10),
  );
