// How long all rules take on 200 and on 1,000 resources: `npm run bench:policies`. The peer is the same rules served to the Pulumi CLI.
import { cpus } from "node:os";
import { table } from "../cli/table";
import type { ResourceState } from "../engine/document";
import { rules } from "../policies/all";
import { analyzerOf } from "../policies/analyzer";
import { graph } from "../test/graphs/plan";
import { PackServer } from "../test/policies/packServer";

/** Production's resources, as often as it takes, each time under other names. */
function resources(planned: readonly ResourceState[], count: number): ResourceState[] {
  return Array.from({ length: count }, (_, at) => {
    const copy = Math.floor(at / planned.length);
    const state = planned[at % planned.length] as ResourceState;
    return copy === 0 ? state : { ...state, urn: `${state.urn}-${copy}` };
  });
}

const seconds = async (work: () => unknown): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

/** The best of three: what else the machine does only makes it slower. */
async function best(work: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < 3; at++) times.push(await work());
  return Math.min(...times);
}

async function embedded(states: readonly ResourceState[]): Promise<number> {
  const judge = analyzerOf("prod");
  return seconds(() => {
    for (const state of states) judge.resource(state);
    judge.stack(states);
  });
}

async function pack(server: PackServer, states: readonly ResourceState[]): Promise<number> {
  return seconds(async () => {
    for (const state of states) await server.resource(state);
    await server.stack(states);
  });
}

async function main(): Promise<void> {
  const planned = (await graph("prod")).resources;
  const server = await PackServer.start("prod");
  try {
    await embedded(planned); // the first run compiles
    await pack(server, planned);
    const rows: [number, number, number][] = [];
    for (const count of [200, 1000]) {
      const states = resources(planned, count);
      rows.push([count, await best(() => embedded(states)), await pack(server, states)]);
    }
    console.log(
      `${rules.length} rules, ${cpus().length} × ${cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}\n`,
    );
    console.log(
      table([
        ["resources", "embedded engine, s", "over gRPC, s", "ratio"],
        ...rows.map(([count, own, other]) => [
          String(count),
          own.toFixed(2),
          other.toFixed(2),
          (own / other).toFixed(2),
        ]),
      ]),
    );
    // Whole stacks: the first 200 resources are of fewer types than all of them.
    const [one, four] = [1, 4].map((copies) => resources(planned, copies * planned.length));
    const [small, large] = [await best(() => embedded(one ?? [])), await best(() => embedded(four ?? []))];
    console.log(
      `\nfour times the resources of production / four times the time: ${(large / small / 4).toFixed(2)} (1 is linear)`,
    );
  } finally {
    await server.stop();
  }
}

void main();
