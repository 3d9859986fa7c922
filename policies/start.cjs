// What the Pulumi CLI starts. It compiles TypeScript with an old ts-node that reads all types of every package first, for 5 s and more on
// a machine that has not done so; tsx, which runs all of Ecluse else, only takes types off.
const { join } = require("node:path");

// Not before Node 22.1.
require("node:module").enableCompileCache?.(join(__dirname, "../node_modules/.cache/ecluse/node"));
require("tsx/cjs");
require("./index.ts");
