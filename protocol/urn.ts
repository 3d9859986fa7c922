/** The type of the resource that stands for the stack itself. */
export const STACK_TYPE = "pulumi:pulumi:Stack";

/** The parts of a URN `urn:pulumi:stack::project::qualified$type::name`. */
export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** The types of the parents and its own, joined by `$`. */
  readonly qualifiedType: string;
  readonly type: string;
  readonly name: string;
}

/** Takes a URN apart; a name may itself contain `::`. */
export function parseUrn(urn: string): UrnParts {
  const [head = "", project = "", qualifiedType = "", ...name] = urn.split("::");
  const type = qualifiedType.split("$").at(-1) ?? "";
  return { stack: head.replace(/^urn:pulumi:/, ""), project, qualifiedType, type, name: name.join("::") };
}

/** Makes the URN of a resource; the stack itself does not count as a parent type. */
export function makeUrn(stack: string, project: string, type: string, name: string, parent?: string): string {
  const parentType = parent ? parseUrn(parent).qualifiedType : "";
  const qualified = parentType && parentType !== STACK_TYPE ? `${parentType}$${type}` : type;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

/** The package that a type token belongs to; for `pulumi:providers:x` it is the provider's own, `x`. */
export function packageOf(type: string): string {
  const [pkg = "", module, name] = type.split(":");
  return isProviderType(type) ? (name ?? "") : module === undefined ? type : pkg;
}

/** Says whether a type token is that of a provider resource. */
export function isProviderType(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}

/** Takes a provider reference `urn::id` apart. */
export function parseReference(reference: string): { urn: string; id: string } {
  const at = reference.lastIndexOf("::");
  return { urn: reference.slice(0, at), id: reference.slice(at + 2) };
}
