// How long all rules take as a stack grows by use cases: `npm run bench:policies`. The peer is the same rules served to the Pulumi CLI.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { table } from "../cli/table";
import type { ResourceState } from "../engine/document";
import { rules } from "../policies/all";
import { analyzerOf } from "../policies/analyzer";
import { contextOfStack } from "../policies/context";
import { judgeAcross } from "../policies/judge";
import { fromState } from "../policies/resource";
import { Stack } from "../policies/stack";
import { readWaivers } from "../policies/waivers";
import { projectRoot } from "../providers/local/home";
import { preview } from "../test/graphs/plan";
import { PackServer } from "../test/policies/packServer";

/** Numbers of use cases: production as it is shipped, of some 1,000 resources, and of twice that. */
const sizes = [1, 12, 24];

interface Measured {
  readonly count: number;
  readonly embedded: number;
  readonly pack: number;
  readonly across: number;
}

/** A shipped stack with so many copies of its use case; their projects have no pinned numbers. */
async function planned(stack: string, useCases: number): Promise<readonly ResourceState[]> {
  const { config } = parse(readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8"));
  const [first] = config["ecluse:useCases"];
  const { projectIds: _pins, ...forge } = config["ecluse:forge"];
  const copies = Array.from({ length: useCases }, (_, at) =>
    at === 0 ? first : { ...first, name: `use-case-${at}` },
  );
  const grown = { "ecluse:useCases": JSON.stringify(copies), "ecluse:forge": JSON.stringify(forge) };
  return (await preview(stack, { config: grown })).resources;
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

function embedded(states: readonly ResourceState[]): void {
  const judge = analyzerOf("prod");
  for (const state of states) judge.resource(state);
  judge.stack(states);
}

async function pack(server: PackServer, states: readonly ResourceState[]): Promise<void> {
  for (const state of states) await server.resource(state);
  await server.stack(states);
}

function across(all: Readonly<Record<string, readonly ResourceState[]>>): void {
  const stacks = Object.entries(all).map(([name, states]) => ({
    stack: new Stack(name, states.map(fromState)),
    context: contextOfStack(name),
  }));
  judgeAcross(rules, stacks, readWaivers(rules));
}

async function measure(server: PackServer, useCases: number): Promise<Measured> {
  const [prod, dev] = [await planned("prod", useCases), await planned("dev", useCases)];
  return {
    count: prod.length,
    embedded: await best(() => embedded(prod)),
    pack: await best(() => pack(server, prod)),
    across: await best(() => across({ dev, prod })),
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
        ["resources", "embedded engine, s", "over gRPC, s", "ratio", "across dev and prod, s"],
        ...rows,
      ]),
    );
    const [, middle, last] = measured as [Measured, Measured, Measured];
    const growth = (key: "embedded" | "pack" | "across") =>
      (last[key] / middle[key] / (last.count / middle.count)).toFixed(2);
    console.log(
      `\ntime for each of ${last.count} resources / for each of ${middle.count} (1 is linear): embedded ${growth("embedded")}, over gRPC ${growth("pack")}, across ${growth("across")}`,
    );
  } finally {
    await server.stop();
  }
}

void main();
