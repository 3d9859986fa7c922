// How long all rules take as a stack grows by use cases: `npm run bench:policies`. The peer is the same rules served
// to the Pulumi CLI.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { table } from "../cli/table";
import type { ResourceState } from "../local/engine/document";
import { projectRoot } from "../local/home";
import { rules } from "../policies/all";
import { analyzerOf } from "../policies/analyzer";
import { contextOfStack } from "../policies/context";
import { judgeAcross } from "../policies/judge";
import { fromState } from "../policies/resource";
import { Stack } from "../policies/stack";
import { readWaivers } from "../policies/waivers";
import { preview } from "../test/graphs/plan";
import { PackServer } from "../test/policies/packServer";

/** Numbers of use cases: production as it is shipped, of some 1,000 resources, and of twice that. */
const sizes = [1, 12, 24];

/** A planned stack, and the settings that it was planned by. */
interface Grown {
  readonly resources: readonly ResourceState[];
  readonly overrides: Readonly<Record<string, string>>;
}

interface Measured {
  readonly count: number;
  readonly embedded: number;
  readonly pack: number;
  readonly across: number;
}

/** A shipped stack with so many copies of its use case; their projects have no pinned numbers. */
async function grown(stack: string, useCases: number): Promise<Grown> {
  const { config } = parse(readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8"));
  const [first] = config["ecluse:useCases"];
  const { projectIds: _pins, ...forge } = config["ecluse:forge"] ?? {};
  const copies = Array.from({ length: useCases }, (_, at) =>
    at === 0 ? first : { ...first, name: `use-case-${at}` },
  );
  const overrides = {
    "ecluse:useCases": JSON.stringify(copies),
    ...(forge.url && { "ecluse:forge": JSON.stringify(forge) }),
  };
  return { resources: (await preview(stack, { config: overrides })).resources, overrides };
}

/** The best of three in seconds, since what else the machine does only makes it slower. */
async function best(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < 3; at++) {
    const began = performance.now();
    await work();
    times.push((performance.now() - began) / 1000);
  }
  return Math.min(...times);
}

function embedded({ resources, overrides }: Grown): void {
  const judge = analyzerOf("prod", { overrides });
  for (const state of resources) judge.resource(state);
  judge.stack(resources);
}

async function pack(server: PackServer, { resources }: Grown): Promise<void> {
  for (const state of resources) await server.resource(state);
  await server.stack(resources);
}

function across(all: Readonly<Record<string, Grown>>): void {
  const stacks = Object.entries(all).map(([name, { resources, overrides }]) => ({
    stack: new Stack(name, resources.map(fromState)),
    context: contextOfStack(name, { overrides }),
  }));
  judgeAcross(rules, stacks, readWaivers(rules));
}

async function measure(server: PackServer, useCases: number): Promise<Measured> {
  const [prod, dev] = [await grown("prod", useCases), await grown("dev", useCases)];
  const forge = await grown("forge", useCases);
  return {
    count: prod.resources.length,
    embedded: await best(() => embedded(prod)),
    pack: await best(() => pack(server, prod)),
    across: await best(() => across({ dev, prod, forge })),
  };
}

async function main(): Promise<void> {
  const server = await PackServer.start("prod");
  try {
    await measure(server, 1); // the first run compiles
    const measured: Measured[] = [];
    for (const size of sizes) measured.push(await measure(server, size));
    console.log(
      `${rules.length} rules, ${cpus().length} × ${cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}\n`,
    );
    const rows = measured.map(({ count, embedded, pack, across }) => [
      String(count),
      embedded.toFixed(2),
      pack.toFixed(2),
      (embedded / pack).toFixed(2),
      across.toFixed(2),
    ]);
    console.log(
      table([
        ["resources", "embedded engine, s", "over gRPC, s", "ratio", "across dev, prod and forge, s"],
        ...rows,
      ]),
    );
    const [, middle, last] = measured as [Measured, Measured, Measured];
    const growth = (key: "embedded" | "pack" | "across") =>
      (last[key] / middle[key] / (last.count / middle.count)).toFixed(2);
    console.log(
      `\ntime for each of ${last.count} resources / for each of ${middle.count} (1 is linear): embedded ` +
        `${growth("embedded")}, over gRPC ${growth("pack")}, across ${growth("across")}`,
    );
  } finally {
    await server.stop();
  }
}

void main();
