// What the Pulumi CLI starts. It compiles TypeScript with an old ts-node that reads all types of every package first,
// for 5 s and more on a machine that has not done so; tsx, which runs all of Ecluse else, only takes types off.
const { join } = require("node:path");

const [major] = process.versions.node.split(".");
if (Number(major) < 22)
  throw new Error(`Node ${process.version} is too old for the policy pack: put Node 22 or later first on PATH`);

// Not in each Node 22.
require("node:module").enableCompileCache?.(join(__dirname, "../node_modules/.cache/ecluse/node"));
require("tsx/cjs");
require("./index.ts");
