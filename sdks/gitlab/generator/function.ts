import { members } from "./expressions";
import { nameOf, type SchemaFunction } from "./schema";

/** The module of a function: what it takes and gives, and its two forms. */
export function functionModule(token: string, { inputs, outputs }: SchemaFunction): string {
  const name = nameOf(token);
  const Name = name.charAt(0).toUpperCase() + name.slice(1);
  const required = inputs?.required ?? [];
  const optional = required.length > 0 ? "" : "?";
  const takes = (type: string) => (inputs ? `args${optional}: ${type}, ` : "");
  const passed = inputs ? "{ ...args }" : "{}";
  const argsInterface = (type: string, asInputs: boolean) => {
    if (!inputs) return "";
    const body = members(inputs.properties ?? {}, { required, scope: "inputs.", inputs: asInputs });
    return `/** What ${name}${asInputs ? "Output" : ""} takes. */\nexport interface ${type} {\n${body}\n}\n`;
  };
  const outputArgs = `${takes(`${Name}OutputArgs`)}opts?: pulumi.InvokeOutputOptions`;
  return `import { invokeOptions } from "./runtime";

${argsInterface(`${Name}Args`, false)}
${argsInterface(`${Name}OutputArgs`, true)}
/** What ${name} gives. */
export interface ${Name}Result {
${members(outputs.properties ?? {}, { required: outputs.required ?? [], scope: "outputs." })}
}

/** Asks GitLab at once. */
export function ${name}(${takes(`${Name}Args`)}opts?: pulumi.InvokeOptions): Promise<${Name}Result> {
  return pulumi.runtime.invoke(${JSON.stringify(token)}, ${passed}, invokeOptions(opts));
}

/** Asks GitLab once the arguments are known. */
export function ${name}Output(${outputArgs}): pulumi.Output<${Name}Result> {
  return pulumi.runtime.invokeOutput(${JSON.stringify(token)}, ${passed}, invokeOptions(opts));
}
`;
}
