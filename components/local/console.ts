import * as pulumi from "@pulumi/pulumi";
import { environmentPath } from "../../local/home";
import type { ArtifactStore, Console as ConsoleContract } from "../contracts";
import { type ConsoleProcess, consoleVariables } from "../processes/console";
import { within } from "../scope";
import { type LocalScope, pythonModule, reservePort, runService } from "./scope";

/** What an environment's console is made from. */
export interface ConsoleArgs extends ConsoleProcess {
  readonly scope: LocalScope;
  readonly store: ArtifactStore;
}

/** The page that people see an environment by. */
export class Console extends pulumi.ComponentResource implements ConsoleContract {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ConsoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ecluse:local:Console", name, {}, opts);
    const scope = within(args.scope, this);
    const port = reservePort(name, "console", scope);
    this.url = pulumi.interpolate`http://127.0.0.1:${port}`;
    const { ECLUSE_REPORTS_URL, ...env } = consoleVariables(args, {
      host: "127.0.0.1",
      port: port.apply(String),
      reportsUrl: args.store.access("console-reports", "reports", "read"),
      auditFolder: `${environmentPath(args.environment)}/audit`,
    });
    const service = {
      process: "console",
      ready: pulumi.interpolate`${this.url}/health`,
      command: program.command,
      env: { ...program.env, ...env },
      // It has a key.
      secretEnv: { ECLUSE_REPORTS_URL },
    };
    runService(name, service, scope);
    this.registerOutputs({ url: this.url });
  }
}

const program = pythonModule("ecluse_console");
