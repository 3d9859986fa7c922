import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

/** A class of a file below this folder that is a Pulumi component. */
interface Component {
  readonly file: string;
  readonly node: ts.ClassDeclaration;
}

const isProgram = (file: string) =>
  /\.ts$/.test(file) && !/(\.test|[fF]ixture\w*|\.d)\.ts$|node_modules/.test(file);

const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).filter(isProgram);

const componentsOf = (file: string): Component[] => {
  const text = readFileSync(join(__dirname, file), "utf8");
  return ts
    .createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    .statements.filter(ts.isClassDeclaration)
    .filter(({ heritageClauses = [] }) =>
      heritageClauses.some((clause) => clause.getText().includes("pulumi.ComponentResource")),
    )
    .map((node) => ({ file, node }));
};

const components = files.flatMap(componentsOf).map((one) => [one.node.name?.text, one] as const);

/** The module of a type token: the folder, or `index` for the package itself. */
const moduleOf = ({ file }: Component) => (dirname(file) === "." ? "index" : dirname(file));

const isPublic = ({ modifiers = [] as never }: ts.PropertyDeclaration) =>
  !modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);

/** Whether it holds outputs, and is no function that gives one. */
function holdsOutputs({ type, initializer }: ts.PropertyDeclaration): boolean {
  const value = type ?? initializer;
  if (!value || ts.isFunctionTypeNode(value) || ts.isArrowFunction(value)) return false;
  return /pulumi\.(Output|output)\b/.test(value.getText());
}

/** Public outputs of a component, and whether the docs call each a secret. */
const outputsOf = ({ node }: Component) =>
  node.members
    .filter(ts.isPropertyDeclaration)
    .filter((property) => isPublic(property) && holdsOutputs(property))
    .map((property) => ({ name: property.name.getText(), secret: /secret/.test(property.getFullText()) }));

const registered = ({ node }: Component) =>
  [...(/this\.registerOutputs\(\{([^}]*)\}\);/.exec(node.getText())?.[1] ?? "").matchAll(/(\w+):/g)].map(
    ([, name]) => name,
  );

it("finds the components", () => expect(components.length).toBeGreaterThan(50));

it.each(components)("%s has its own name as the last part of its type token", (name, component) => {
  const token = /super\(\s*"([^"]+)"/.exec(component.node.getText())?.[1];
  expect(token).toBe(`ecluse:${moduleOf(component)}:${name}`);
});

// A secret stays where it is made: registered too, it would be in the state twice.
it.each(components)("%s registers its public outputs, but no secret", (_name, component) => {
  expect(component.node.getText()).toContain("this.registerOutputs(");
  const names = registered(component);
  const outputs = outputsOf(component);
  expect(outputs.filter(({ secret }) => !secret).map(({ name }) => name)).toEqual(
    outputs.map(({ name }) => name).filter((name) => names.includes(name)),
  );
});
