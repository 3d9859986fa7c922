import { defineConfig } from "vitest/config";

// What the stacks put on a cluster, before a real API server: `npm run test:cluster`. The first run builds it from source.
export default defineConfig({
  test: {
    include: ["test/cluster/**/*.cluster.ts"],
    globalSetup: ["test/cluster/setup.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Not threads: the kernel ends a cluster with the thread that started it, so that must live as long as its process.
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
  },
});
