import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addresses } from "../../cluster/addresses";
import type { Client, KubernetesObject } from "../../cluster/client";
import { listed } from "../../cluster/registry";
import { namespaces } from "../../components/naming";
import type { Document } from "../../local/engine/document";
import { type Issuer, openIssuer } from "../../local/forge/issuer";
import { findProject } from "../../local/forge/projects";
import { setVariable } from "../../local/forge/variables";
import { projectRoot } from "../../local/home";
import type { Edit } from "../graphs/checkout";
import { Company } from "./company";
import { Executor } from "./gitlab/executor";
import type { Login } from "./gitlab/login";
import { Pipelines } from "./gitlab/pipelines";
import { Gitlab } from "./gitlab/server";
import { projectTokens, stackVariables } from "./gitlab/variables";
import { Server } from "./server";

/** The application at GitLab by which people log in to an environment; it is the audience of their tokens. */
export const application = (environment: string) => `ecluse-onprem-${environment}`;

const host = "gitlab.onprem.example.com";

/** The only use case of the stack. */
export const useCase = "bank-churn";

/** Registry and path of the stack's images. */
export const registry = "registry.example.com/ecluse";

/** The host by which the outside reaches a server of an environment. */
export const hostOf = (environment: string, name: string) => `${name}.${environment}.onprem.example.com`;

/** The applications at GitLab by which people log in, and the secret of each. */
const applications = Object.fromEntries(
  ["dev", "prod"].map((environment) => [application(environment), randomBytes(16).toString("hex")]),
);

/** An image of the use case, of whatever commit was built first. */
export function builtUseCase(): string {
  const image = Object.keys(listed()).find((name) => name.startsWith(`${useCase}:`));
  if (!image) throw new Error(`no image of ${useCase} was built`);
  return `${registry}/${image}`;
}

/** GitLab as the stack knows it, played on this machine, with its pipelines in the cluster. */
export class ClusterForge {
  readonly home = mkdtempSync(join(tmpdir(), "ecluse-gitlab-"));
  readonly url = `https://${host}`;
  /** The use case's folder, to change and to push. */
  readonly folder = join(this.home, "working-copy");
  readonly executor: Executor;
  readonly pipelines: Pipelines;
  /** The company that has certified this GitLab, and the hosts of the environments. */
  readonly company = new Company();
  private readonly gitlab: Gitlab;

  constructor(client: Client) {
    const { home, url } = this;
    cpSync(join(projectRoot, "usecases", useCase), this.folder, {
      recursive: true,
      filter: (file) => !/\/(\.venv|build|__pycache__)$/.test(file),
    });
    const listen = { host: addresses.machine, port: 443 };
    const certified = this.company.certify(host);
    this.gitlab = new Gitlab({ home, url, certified, listen, applications });
    this.executor = new Executor({ client, gitlab: this.gitlab });
    this.pipelines = new Pipelines({ home, url, registry, useCase, executor: this.executor });
  }

  /** What the file of a stack says otherwise, so that the stack runs with this GitLab on a small node. */
  edits(stack: string): Edit[] {
    const file = `Pulumi.${stack}.yaml`;
    const contract = "      contract: {target: exited, id: customer_id}\n";
    return [
      // A company's own authority made the certificate, which pods then know it by.
      [
        file,
        "    runner: true\n",
        `    runner: true\n    authorities: {pem: ${JSON.stringify(this.company.authority)}}\n`,
      ],
      // Two cores have room for no more beside the other pods and a job.
      [file, contract, `${contract}      training: {cpu: 0.1, memoryGb: 2}\n`],
    ];
  }

  /** Starts to listen. */
  start(): Promise<void> {
    return this.gitlab.start();
  }

  /** The login of people. */
  get login(): Login {
    return this.gitlab.login;
  }

  /** The Secrets that a team puts into the namespaces of an environment: its own, and those of the company. */
  secretsOf(environment: string): KubernetesObject[] {
    const { platform, useCase: space } = namespaces(environment);
    const secret = (namespace: string, name: string, stringData: Record<string, string | undefined>) => ({
      ...{ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData },
    });
    const certificate = (namespace: string, host: string) => {
      const { cert, key } = this.company.certify(host);
      return secret(namespace, `${host}-tls`, { "tls.crt": cert, "tls.key": key });
    };
    return [
      secret(platform, "people", { "client-secret": applications[application(environment)] }),
      certificate(platform, hostOf(environment, "tracking")),
      certificate(space(useCase), hostOf(environment, useCase)),
    ];
  }

  /** A server of an environment, as the outside reaches it: `tracking`, or a use case's. */
  outside(environment: string, name: string): Server {
    return Server.outside(hostOf(environment, name), this.company.authority);
  }

  /** Signs tokens as GitLab does. */
  issuer(): Promise<Issuer> {
    return openIssuer(this.home, this.url);
  }

  /** Keeps what a stack made at GitLab: CI variables with their scope, and tokens that write issues. */
  take(state: Document): void {
    const idOf = (path: string) => findProject(this.home, path).id;
    for (const variable of stackVariables(state))
      setVariable(this.home, { ...variable, project: idOf(variable.project) });
    for (const [path, token] of projectTokens(state)) this.gitlab.acceptToken(token, idOf(path));
  }

  /** Changes a file of the working copy; throws where it lacks the text to replace. */
  edit(name: string, text: string, by: string): void {
    const file = join(this.folder, name);
    const found = readFileSync(file, "utf8");
    if (!found.includes(text)) throw new Error(`${name} has no ${text}`);
    writeFileSync(file, found.replace(text, by));
  }

  /** Ends it, and forgets all. */
  stop(): void {
    this.gitlab.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
