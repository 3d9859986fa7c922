import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

type Options = NonNullable<TestProjectInlineConfiguration["test"]>;

const minutes = (count: number) => count * 60_000;

const folders = "cli,cluster,components,docs,images,policies,protocol,sdks,stacks,templates,test";

/** One after the other, for files that share a platform or a cluster. */
const inTurn: Options = { maxWorkers: 1, fileParallelism: false };

/** Tests beside the code: each starts what it needs on free ports, in a folder of its own. */
const unit: Options = {
  name: "unit",
  include: [`{${folders}}/**/*.test.ts`],
  globalSetup: ["test/inRun.ts"],
  testTimeout: minutes(1),
  hookTimeout: minutes(1),
  // Two cores: more workers only make servers slower to answer.
  maxWorkers: 2,
};

/** The laptop's engine, provider and forge: each test starts processes, and waits for them. */
const local: Options = { ...unit, name: "local", include: ["local/**/*.test.ts"] };

/** The platform as a whole, brought up once (test/platform/setup.ts) and then tried from all sides. */
const platform: Options = {
  ...inTurn,
  name: "platform",
  include: ["test/platform/**/*.check.ts"],
  globalSetup: ["test/platform/setup.ts"],
  testTimeout: minutes(3),
  hookTimeout: minutes(10),
};

/** Every stack and the engine's conformance, by a real Pulumi CLI: the first run builds it from source. */
const cli: Options = {
  name: "cli",
  include: ["test/cli/**/*.cli.ts"],
  globalSetup: ["test/cli/setup.ts"],
  // Some take five operations of the CLI, each of which loads the clouds' SDKs: minutes on a busy machine.
  testTimeout: minutes(10),
  hookTimeout: minutes(10),
  maxWorkers: 2,
};

/** What the stacks put on a cluster, before a real API server: the first run builds it from source. */
const cluster: Options = {
  ...inTurn,
  name: "cluster",
  include: ["test/cluster/**/*.cluster.ts"],
  globalSetup: ["test/cluster/setup.ts"],
  testTimeout: minutes(3),
  hookTimeout: minutes(3),
  // Not threads: the kernel ends a cluster with the thread that started it, so that must live as long as its process.
  pool: "forks",
};

/** The on-premise stacks on a real node, whose programs and images the first run builds; as root on Linux. */
const node: Options = {
  ...inTurn,
  name: "node",
  include: ["test/node/**/*.node.ts"],
  globalSetup: ["test/node/setup.ts"],
  testTimeout: minutes(10),
  hookTimeout: minutes(15),
};

/** Programs of teams: on the published components, on another platform, and after an update of the blueprint. */
const programs: Options = {
  name: "programs",
  include: ["test/**/*.program.ts"],
  testTimeout: minutes(3),
  hookTimeout: minutes(3),
  maxWorkers: 2,
};

/** Use cases that `ecluse new` makes, through the whole local chain, on a platform of its own. */
const generated: Options = {
  ...inTurn,
  name: "generated",
  include: ["test/generated/**/*.chain.ts"],
  testTimeout: minutes(20),
  hookTimeout: minutes(20),
};

/** What takes minutes, each on services of its own: kills at many moments, and the demonstration. */
const homes: Options = {
  ...inTurn,
  name: "homes",
  include: ["test/homes/**/*.homes.ts"],
  testTimeout: minutes(20),
  hookTimeout: minutes(20),
};

// `npx vitest run <file>` takes the tests beside the code; the others run only by `--project <name>`.
const asked = process.argv.some((word) => word.startsWith("--project"));
const projects = asked ? [unit, local, platform, cli, cluster, programs, generated, homes, node] : [unit, local];

export default defineConfig({ test: { projects: projects.map((test) => ({ test })) } });
