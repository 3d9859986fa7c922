import { inject } from "vitest";
import type { Checkout } from "../graphs/checkout";
import { Pulumi } from "./pulumi";

/**
 * The CLI on a project of `cliProject`. The stand-ins of setup.ts answer to it: to start six for each command takes as
 * long as all the rest of it.
 */
export const projectCli = ({ projectDir }: Checkout, env: Readonly<Record<string, string>> = {}): Pulumi =>
  new Pulumi(inject("pulumiHome"), projectDir, { PULUMI_DEBUG_PROVIDERS: inject("standIns"), ...env });
