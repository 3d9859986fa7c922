import { defineConfig } from "vitest/config";

// The platform as a whole, brought up once (test/platform/setup.ts) and then tried from all sides.
export default defineConfig({
  test: {
    include: ["test/platform/**/*.check.ts"],
    globalSetup: ["test/platform/setup.ts"],
    testTimeout: 180_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
