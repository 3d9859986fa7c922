// How long the embedded engine takes in proportion to the Pulumi CLI, in one run: `npm run bench:cli`. Builds the CLI
// the first time.
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { plan } from "../cli/plan";
import { table } from "../cli/table";
import { projectRoot } from "../local/home";
import { Embedded } from "../test/cli/embedded";
import { pulumiHome } from "../test/cli/home";
import { cliProject } from "../test/cli/project";
import { Pulumi, passphrase } from "../test/cli/pulumi";

type Row = readonly [what: string, cli: number, engine: number];

/** The best of two in seconds, since what else the machine does only makes it slower. */
async function best(work: () => Promise<unknown>, before: () => Promise<unknown> = async () => {}) {
  const times: number[] = [];
  for (let at = 0; at < 2; at += 1) {
    await before();
    const began = performance.now();
    await work();
    times.push((performance.now() - began) / 1000);
  }
  return Math.min(...times);
}

/**
 * Previews of whole stacks: the CLI with stand-ins for the clouds' providers, the engine without any, as `ecluse
 * preview` does.
 */
async function previews(home: string): Promise<Row[]> {
  const checkout = cliProject();
  const cli = new Pulumi(home, checkout.projectDir);
  const rows: Row[] = [];
  for (const stack of ["forge", "dev", "prod"]) {
    process.stderr.write(`preview of ${stack} …\n`);
    await cli.init(stack);
    const byCli = await best(() => cli.preview(stack));
    rows.push([`preview of ${stack}`, byCli, await best(() => plan(stack, { passphrase }))]);
  }
  cli.remove();
  checkout.remove();
  return rows;
}

/** `up` of a thousand resources, each time of an empty stack. */
async function thousand(home: string): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-thousand-"));
  const projectDir = join(folder, "bench/thousand");
  cpSync(join(projectRoot, "bench/thousand"), projectDir, { recursive: true });
  for (const name of ["node_modules", "test", "tsconfig.json"])
    symlinkSync(join(projectRoot, name), join(folder, name));
  const cli = new Pulumi(home, projectDir);
  const embedded = new Embedded(projectDir);
  process.stderr.write("up of 1,000 resources …\n");
  await cli.init("dev");
  const byCli = await best(
    () => cli.change("up", "dev"),
    () => cli.change("destroy", "dev"),
  );
  const byEngine = await best(
    () => embedded.run("up", "dev"),
    async () => embedded.forget("dev"),
  );
  cli.remove();
  embedded.remove();
  rmSync(folder, { recursive: true });
  return ["up of 1,000 resources", byCli, byEngine];
}

async function main(): Promise<void> {
  const home = await pulumiHome();
  const rows = [...(await previews(home.path)), await thousand(home.path)];
  home.remove();
  const [{ model = "unknown" } = {}] = cpus();
  console.log(`${cpus().length} × ${model}, ${new Date().toISOString().slice(0, 10)}; seconds\n`);
  const text = rows.map(([what, cli, engine]) => [
    what,
    cli.toFixed(1),
    engine.toFixed(1),
    (engine / cli).toFixed(2),
  ]);
  console.log(table([["", "Pulumi CLI", "engine", "ratio"], ...text]));
}

void main();
