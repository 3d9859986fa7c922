import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { nodeBinary, projectRoot } from "../local/home";

// Half of a command's start went into Pulumi's SDK, which only programs and their plugins need.
it("a command starts without Pulumi's SDK", () => {
  const said = 'console.log(Object.keys(cache).some((file) => file.endsWith("@pulumi/pulumi/index.js")))';
  const hook = `import { _cache as cache } from "node:module"; process.on("exit", () => ${said});`;
  const words = ["--import", `data:text/javascript,${hook}`, "--import", "tsx", "cli/main.ts", "--help"];
  const printed = execFileSync(nodeBinary, words, { cwd: projectRoot, encoding: "utf8" });
  expect(printed).toContain("Usage: ecluse");
  expect(printed.trim().split("\n").at(-1)).toBe("false");
});
