import { defineConfig } from "vitest/config";

// Tests beside the code: each starts what it needs on free ports, in a folder of its own.
export default defineConfig({
  test: {
    include: ["{audit,cli,images,components,docs,engine,forge,policies,providers,sdks,setup,stacks,templates,test}/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make servers slower to answer.
    maxWorkers: 2,
  },
});
