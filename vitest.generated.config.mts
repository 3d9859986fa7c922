import { defineConfig } from "vitest/config";

// Use cases that `ecluse new` makes, through the whole local chain: `npm run test:generated`. Minutes, and a platform of its own.
export default defineConfig({
  test: {
    include: ["test/generated/**/*.chain.ts"],
    testTimeout: 180_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
