import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

/** A member's type without `Input`, `Output` and `undefined`, as `string[]`, and whether it may be left out. */
export interface Member {
  readonly type: string;
  readonly optional: boolean;
}

/** The typed members of each interface and class that a module of the package declares. */
export function declarations(module: string): ReadonlyMap<string, Readonly<Record<string, Member>>> {
  const file = join(__dirname, "..", `${module}.ts`);
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2024, true);
  const declared = source.statements.filter(
    (each) => ts.isInterfaceDeclaration(each) || ts.isClassDeclaration(each),
  );
  return new Map(declared.map((each) => [each.name?.text ?? "", members(each)]));
}

function members(node: ts.InterfaceDeclaration | ts.ClassDeclaration): Readonly<Record<string, Member>> {
  const entries = [...node.members].flatMap((each) => {
    if (!(ts.isPropertySignature(each) || ts.isPropertyDeclaration(each)) || !each.type) return [];
    const text = each.type.getText().replace(/\s/g, "");
    const optional = each.questionToken !== undefined || text.includes("|undefined");
    const type = text.replace(/pulumi\.(Input|Output)<|\|undefined|>|(in|out)puts\./g, "");
    return [[each.name.getText(), { type, optional }] as const];
  });
  return Object.fromEntries(entries);
}
