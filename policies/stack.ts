import { isSecret, UNKNOWN, type Value } from "../protocol/properties";
import { type Keys, Lookup } from "./lookup";
import type { Resource } from "./resource";
import { read } from "./values";

/** Reads the keys that a resource is found under. */
export type KeysOf = (resource: Resource) => Keys;

/** The resources of one stack, and how they refer to each other. */
export class Stack {
  private readonly byUrn: ReadonlyMap<string, Resource>;
  private readonly byType = new Map<string, Resource[]>();
  private readonly lookups = new Map<KeysOf, Map<string, Lookup<Resource>>>();

  constructor(
    readonly name: string,
    readonly resources: readonly Resource[],
  ) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      const alike = this.byType.get(resource.type);
      if (alike) alike.push(resource);
      else this.byType.set(resource.type, [resource]);
    }
  }

  /** The URN of the stack itself, or a stand-in for it. */
  get urn(): string {
    return (
      this.of("pulumi:pulumi:Stack")[0]?.urn ??
      `urn:pulumi:${this.name}::ecluse::pulumi:pulumi:Stack::${this.name}`
    );
  }

  /** The resources of some types. */
  of(...types: string[]): readonly Resource[] {
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }

  /**
   * The resources of a type by keys that each is found under; worked out once for each `keysOf`, so make that once,
   * not per call.
   */
  by(type: string, keysOf: KeysOf): Lookup<Resource> {
    const ofType = this.lookups.get(keysOf) ?? new Map<string, Lookup<Resource>>();
    const found = ofType.get(type) ?? new Lookup(this.of(type), keysOf);
    this.lookups.set(keysOf, ofType.set(type, found));
    return found;
  }

  /** The resource of a URN. */
  at(urn: string): Resource | undefined {
    return this.byUrn.get(urn);
  }

  /** The resources that a property's value came from. */
  sources(from: Resource, property: string): readonly Resource[] {
    return (from.propertyDependencies[property] ?? []).flatMap((urn) => this.byUrn.get(urn) ?? []);
  }

  /**
   * Whether `from` names `to` in a property (`path` begins with its name): by its value, where the id of `to` is
   * known, or because the value came from `to`.
   */
  refers(from: Resource, path: string, to: Resource): boolean {
    const [property = ""] = path.split(/[.[]/);
    const value = read(from.inputs, path);
    const known = typeof value === "string" && value !== UNKNOWN;
    // With the slash, since one name may begin with another.
    if (known && to.id) return `${value}/`.toLowerCase().startsWith(`${to.id}/`.toLowerCase());
    return (from.propertyDependencies[property] ?? []).includes(to.urn);
  }

  /** Every text in a resource's inputs, with its path; secrets' contents are left out. */
  static texts(value: Value, path = ""): [path: string, text: string][] {
    if (typeof value === "string") return value === UNKNOWN ? [] : [[path, value]];
    if (typeof value !== "object" || value === null || isSecret(value)) return [];
    return Object.entries(value).flatMap(([key, item]) =>
      Stack.texts(item as Value, path ? `${path}.${key}` : key),
    );
  }
}
