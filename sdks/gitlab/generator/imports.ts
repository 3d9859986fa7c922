const NAMESPACES: Readonly<Record<string, string>> = {
  pulumi: "@pulumi/pulumi",
  inputs: "./types/input",
  outputs: "./types/output",
};

/** A module's text with the namespaces that it uses imported. */
export function withImports(text: string): string {
  const used = Object.entries(NAMESPACES).filter(([name]) => text.includes(`${name}.`));
  const lines = used.map(
    ([name, path]) => `import ${name === "pulumi" ? "" : "type "}* as ${name} from "${path}";`,
  );
  return [...lines, text].join("\n");
}
