// How a forge on GitLab grows with its use cases: `npm run bench:forge`. Beside the time of a preview it counts what
// is planned: each resource is at least one call when it is made and one at each refresh, which cannot be measured
// without a GitLab.
import { cpus } from "node:os";
import { table } from "../cli/table";
import { previewForge } from "../test/graphs/forgePlan";

const sizes = [10, 50, 100, 200];

interface Measured {
  readonly useCases: number;
  readonly seconds: number;
  readonly resources: number;
}

async function measure(useCases: number): Promise<Measured> {
  // The shipped stack has one.
  const more = Array.from({ length: useCases - 1 }, (_, at) => `use-case-${at + 1}`);
  const began = performance.now();
  const { resources } = await previewForge({}, more);
  return {
    useCases,
    seconds: (performance.now() - began) / 1000,
    resources: resources.filter(({ type }) => type.startsWith("gitlab:")).length,
  };
}

/** What one more use case costs, between two sizes. */
const slope = (key: "seconds" | "resources", from: Measured, to: Measured) =>
  (to[key] - from[key]) / (to.useCases - from.useCases);

async function main(): Promise<void> {
  await measure(1); // the first run compiles
  const measured: Measured[] = [];
  for (const size of sizes) measured.push(await measure(size));
  const rows = measured.map((now, at) => {
    const before = measured[at - 1];
    return [
      String(now.useCases),
      now.seconds.toFixed(1),
      String(now.resources),
      before ? (slope("seconds", before, now) * 1000).toFixed(0) : "",
      before ? slope("resources", before, now).toFixed(1) : "",
    ];
  });
  console.log(`${cpus().length} × ${cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}\n`);
  console.log(
    table([["use cases", "preview, s", "resources", "ms for one more", "resources for one more"], ...rows]),
  );
  const [first, middle, last] = [measured[0], measured[2], measured[3]];
  if (!first || !middle || !last) return;
  const growth = slope("seconds", middle, last) / slope("seconds", first, middle);
  console.log(`\none more of the second hundred / one more of the first: ${growth.toFixed(2)} (1 is linear)`);
}

void main();
