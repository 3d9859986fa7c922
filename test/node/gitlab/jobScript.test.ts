import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import type { JobWork } from "../../../local/forge/run";
import { expandVariables, jobScript, jobVariables } from "./jobScript";

const ran = (definition: Record<string, unknown>) => {
  try {
    return execFileSync("bash", ["-c", jobScript(definition)], { encoding: "utf8" });
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    return `${stdout}(${status})`;
  }
};

it("runs both scripts in one shell, and shows each command", () => {
  const definition = { before_script: [["export A='1 2'"]], script: ['echo "$A"\necho more', "echo it's"] };
  definition.script[1] = 'echo "it\'s"';
  expect(ran(definition)).toBe("$ export A='1 2'\n$ echo \"$A\"\n1 2\nmore\n$ echo \"it's\"\nit's\n");
});

it.each([
  ["exit 3", 3],
  ["false | true", 1],
])("ends with the first command that fails: %s", (line, code) => {
  expect(ran({ script: [line, "echo never"] })).toBe(`$ ${line}\n(${code})`);
});

it("gives the forge's variables before the YAML's, whose values may name others", () => {
  const work = {
    pipeline: { variables: { SHARED: "of the pipeline", CI_REF: "forged" } },
    job: { definition: { variables: { SHARED: "of $CI_REF", PAGE: { value: `\${CI_REF}/x$NONE` } } } },
    variables: { CI_REF: "main", SECRET: "a$b" },
  } as unknown as JobWork;
  expect(jobVariables(work)).toEqual({
    SHARED: "of main",
    PAGE: "main/x",
    CI_REF: "main",
    SECRET: "a$b",
  });
  expect(expandVariables(`$CI_REGISTRY_IMAGE:\${TAG}`, { CI_REGISTRY_IMAGE: "r/e", TAG: "1" })).toBe("r/e:1");
});
