import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "../../cli/plan";
import { digest } from "../../local/engine/json";
import type { Checkout } from "../graphs/checkout";
import { resources } from "./counts";
import { findingsOf, judgedRun, judging } from "./policies";
import { cliProject } from "./project";
import { type Digest, type DigestStep, type Pulumi, passphrase } from "./pulumi";

let checkout: Checkout;
let cli: Pulumi;
beforeAll(() => {
  checkout = cliProject();
  cli = judging(checkout);
});
afterAll(() => {
  cli.remove();
  checkout.remove();
});

interface State {
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly [key: string]: unknown;
}

/**
 * A state without what docs/engine.md says of the engine's: it keeps no stack trace, and lists what a resource
 * depends on in order.
 */
function comparable(state: State | undefined): State | undefined {
  if (!state) return undefined;
  const {
    stackTrace: _trace,
    sourcePosition: _position,
    dependencies,
    propertyDependencies,
    ...rest
  } = state;
  const properties = Object.entries(propertyDependencies ?? {});
  return {
    ...rest,
    ...(dependencies && { dependencies: [...dependencies].sort() }),
    ...(propertyDependencies && {
      propertyDependencies: Object.fromEntries(properties.map(([key, urns]) => [key, [...urns].sort()])),
    }),
  };
}

/** Steps run at the same time, so their order is not the same twice. */
const steps = (found: Digest): readonly object[] =>
  found.steps
    .map((step: DigestStep) => ({ ...step, newState: comparable(step.newState as State) }))
    .sort((left, right) => (`${left.urn} ${left.op}` < `${right.urn} ${right.op}` ? -1 : 1));

describe("pulumi preview and the embedded engine's are the same", () => {
  it.each([
    ["forge", 0],
    ["dev", 1],
    ["prod", 0],
    ["onprem-dev", 1],
    ["onprem-prod", 0],
    ["local-forge", 0],
  ] as const)("for %s, by what the policies find in it too, which stops nothing", async (stack, least) => {
    const create = resources[stack];
    await cli.init(stack);
    const { code, found, stdout } = await judgedRun(cli, "preview", stack, "--json");
    expect(code, stdout).toBe(0);
    const real = JSON.parse(stdout) as Digest;
    const planned = await plan(stack, { projectDir: checkout.projectDir, passphrase });
    const embedded = digest(planned) as Digest;
    expect(real.changeSummary).toEqual({ create });
    expect(embedded.changeSummary).toEqual({ create });
    expect(steps(embedded)).toEqual(steps(real));
    expect(embedded.config).toEqual(real.config);
    expect(embedded.diagnostics).toEqual(real.diagnostics);
    expect(found).toEqual(findingsOf(stack, planned));
    expect(found.length).toBeGreaterThanOrEqual(least);
    expect(found.filter((line) => line.startsWith("mandatory"))).toEqual([]);
  });
});
