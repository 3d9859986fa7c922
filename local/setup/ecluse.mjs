#!/usr/bin/env node
// `npx ecluse …`: the same set-up as npm start, then the command line.
process.argv.splice(2, 0, "cli/main.ts");
await import("./bootstrap.mjs");
