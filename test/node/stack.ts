import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addresses, context, shellVariables } from "../../cluster/addresses";
import type { KubernetesObject } from "../../cluster/client";
import { administrator } from "../../cluster/controlPlane";
import { clusterStatus, type PodStatus } from "../../cluster/status";
import type { Document } from "../../local/engine/document";
import { eventually } from "../../local/eventually";
import { projectRoot } from "../../local/home";
import { cliProject } from "../cli/project";
import { Pulumi, passphrase } from "../cli/pulumi";
import type { Checkout, Edit } from "../graphs/checkout";
import { ecluse } from "../platform/setup";
import { digestsFile } from "./digests";

/** What the suite's set-up gives. */
export interface Given {
  /** The folder of the Pulumi CLI's own files. */
  readonly pulumiHome: string;
  /** The folder of each provider that Pulumi runs. */
  readonly providers: Readonly<Record<string, string>>;
}

/** The values of this cluster, as docs/kubernetes.md asks for them. */
const values = (stack: string, apiServerRange: string): readonly Edit[] =>
  [
    [`context: ${stack}`, `context: ${context}`],
    [`apiServerRange: ${apiServerRange}`, `apiServerRange: ${addresses.node}/32`],
    ["egressRanges: [192.0.2.10/32]", `egressRanges: [${addresses.machine}/32]`],
    // The controller is Traefik 3.6.
    ["  ingressNamespace: traefik", "  ingressNamespace: traefik\n    ingressByService: true"],
    // Nothing here makes certificates for hosts outside: their Secrets are a team's own.
    ["    certificateIssuer: company-ca\n", ""],
  ].map(([from = "", to = ""]) => [`Pulumi.${stack}.yaml`, from, to]);

/** Every stack that may be here: each reads its neighbours' files. */
const allValues: readonly Edit[] = [
  ...values("onprem-dev", "192.0.2.4/30"),
  ...values("onprem-prod", "192.0.2.12/30"),
];

/** A shipped on-premise stack that the real CLI and the real Kubernetes provider bring up on this machine's cluster. */
export class ClusterStack {
  readonly client = administrator();
  private readonly checkout: Checkout;
  private readonly cli: Pulumi;

  /** `environment` is the name that begins its namespaces. */
  constructor(
    given: Given,
    readonly stack: string,
    readonly environment: string,
    edits: readonly Edit[] = [],
  ) {
    this.checkout = cliProject(given.providers);
    for (const edit of [...allValues, ...edits]) this.checkout.edit(...edit);
    this.checkout.write("images/digests.yaml", digestsFile());
    this.cli = new Pulumi(given.pulumiHome, this.checkout.projectDir, shellVariables(process.env));
  }

  /** Its namespaces, and the Secrets that the docs ask a team to put there before the rest. */
  async prepare(secrets: readonly KubernetesObject[]): Promise<void> {
    await this.cli.init(this.stack);
    await this.up("--target", "**ecluse:*:*::*", "--target", "**IsolatedNamespace**");
    for (const secret of secrets) await this.client.apply(secret);
  }

  /** `pulumi up`; gives how many steps of each kind it took. */
  up(...words: readonly string[]): Promise<Readonly<Record<string, number>>> {
    return this.cli.change("up", this.stack, ...words);
  }

  /** `pulumi up` once the pipeline has written the digests of a next version. */
  upgrade(): Promise<Readonly<Record<string, number>>> {
    this.checkout.write("images/digests.yaml", digestsFile());
    return this.up();
  }

  /** `pulumi destroy`. */
  async destroy(): Promise<void> {
    await this.cli.change("destroy", this.stack);
  }

  /** `ecluse render --complete` into a folder; the CLI is not needed any more. */
  async render(folder: string): Promise<void> {
    // The CLI's own providers are programs that the embedded engine does not start.
    this.checkout.write("Pulumi.yaml", readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8"));
    const words = ["render", this.stack, "--out", folder, "--complete"];
    const ECLUSE_HOME = join(this.checkout.projectDir, "home");
    const env = { ECLUSE_HOME, PULUMI_CONFIG_PASSPHRASE: passphrase };
    const { code, stderr } = await ecluse(words, env, this.checkout.projectDir);
    if (code !== 0) throw new Error(`ecluse ${words.join(" ")} ended with ${code}:\n${stderr}`);
  }

  /** Its state, with secrets in plain. */
  state(): Promise<Document> {
    return this.cli.shownState(this.stack);
  }

  /** Its pods, once every one is ready. */
  pods(seconds = 180): Promise<readonly PodStatus[]> {
    return eventually(
      `the pods of ${this.environment} are ready`,
      async () => {
        const { pods } = await clusterStatus();
        const own = pods.filter(({ namespace }) => namespace.startsWith(`${this.environment}-`));
        return own.every(({ ready }) => ready) && own;
      },
      seconds,
    );
  }

  /** Removes what it has on this machine; what is in the cluster ends with that. */
  remove(): void {
    this.cli.remove();
    this.checkout.remove();
  }
}
