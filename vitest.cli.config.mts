import { defineConfig } from "vitest/config";

// Every stack and the engine's conformance, by a real Pulumi CLI: `npm run test:cli`. The first run builds it from source.
export default defineConfig({
  test: {
    include: ["test/cli/**/*.cli.ts"],
    globalSetup: ["test/cli/setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
  },
});
