import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { plan } from "../../cli/plan";
import { digest } from "../../engine/json";
import type { Checkout } from "../graphs/checkout";
import { cliProject } from "./project";
import { type Digest, Pulumi, passphrase } from "./pulumi";

let checkout: Checkout;
let cli: Pulumi;
beforeAll(() => {
  checkout = cliProject();
  cli = new Pulumi(inject("pulumiHome"), checkout.projectDir);
});
afterAll(() => {
  cli.remove();
  checkout.remove();
});

const steps = ({ steps }: Digest) => steps.map(({ op, urn }) => `${op} ${urn}`).sort();

describe("pulumi preview plans what the embedded engine plans", () => {
  it.each(["forge", "dev", "prod", "onprem-dev", "onprem-prod", "local-forge"])("for %s", async (stack) => {
    await cli.init(stack);
    const real = await cli.preview(stack);
    const embedded = digest(await plan(stack, { projectDir: checkout.projectDir, passphrase })) as Digest;
    expect(steps(embedded)).toEqual(steps(real));
    expect(embedded.changeSummary).toEqual(real.changeSummary);
  });
});
