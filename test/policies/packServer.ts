import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  type AnalyzeDiagnostic,
  AnalyzeRequest,
  type AnalyzeResponse,
  type AnalyzerInfo,
  AnalyzerPropertyDependencies,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
  type EnforcementLevel,
  PolicyConfig,
  type PolicyInfo,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { ResourceState } from "../../local/engine/document";
import { nodeBinary, projectRoot } from "../../local/home";
import { fromStruct, type Properties, toStruct } from "../../protocol/properties";
import { parseUrn } from "../../protocol/urn";

/** How somebody sets a policy. */
export interface PolicySetting {
  readonly level?: EnforcementLevel;
  readonly parameters?: Properties;
}

/** The policy pack as the Pulumi CLI starts it, and asked by the CLI's own protocol. */
export class PackServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  /** Starts the pack for a stack, and gives its defaults back to it. Throws what it says when it does not come up. */
  static async start(stack: string): Promise<PackServer> {
    const program = join(projectRoot, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(nodeBinary, [program, "127.0.0.1:0", join(projectRoot, "policies")], {
      cwd: join(projectRoot, "policies"),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PULUMI_NODEJS_STACK: stack },
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const lines = createInterface({ input: child.stdout });
    const port = await Promise.race([
      once(lines, "line").then(([line]) => String(line)),
      once(child, "exit").then(() => Promise.reject(new Error(`the policy pack ended: ${said}`))),
    ]);
    const limit = { "grpc.max_send_message_length": 1 << 28, "grpc.max_receive_message_length": 1 << 28 };
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), limit);
    const server = new PackServer(child, client);
    await server.configure();
    return server;
  }

  /** Every policy as the pack declares it. */
  async policies(): Promise<PolicyInfo[]> {
    const info = await answered<AnalyzerInfo>((done) => this.client.getAnalyzerInfo(new Empty(), done));
    return info.getPoliciesList();
  }

  /**
   * Sets each policy to its own level and the defaults of its parameters, as the CLI does, and some of them to
   * others.
   */
  async configure(given: Readonly<Record<string, PolicySetting>> = {}): Promise<void> {
    const request = new ConfigureAnalyzerRequest();
    for (const policy of await this.policies()) {
      const { level, parameters } = { ...given[policy.getName()] };
      const config = new PolicyConfig()
        .setEnforcementlevel(level ?? policy.getEnforcementlevel())
        .setProperties(toStruct({ ...defaultsOf(policy), ...parameters }));
      request.getPolicyconfigMap().set(policy.getName(), config);
    }
    await answered((done) => this.client.configure(request, done));
  }

  /** What the pack says of a resource before its step. */
  async resource(state: ResourceState): Promise<AnalyzeDiagnostic[]> {
    const request = new AnalyzeRequest()
      .setType(state.type)
      .setName(parseUrn(state.urn).name)
      .setUrn(state.urn)
      .setProperties(toStruct(state.inputs ?? {}))
      .setOptions(optionsOf(state));
    return (
      await answered<AnalyzeResponse>((done) => this.client.analyze(request, done))
    ).getDiagnosticsList();
  }

  /** What the pack says of a whole stack. */
  async stack(states: readonly ResourceState[]): Promise<AnalyzeDiagnostic[]> {
    const request = new AnalyzeStackRequest().setResourcesList(states.map(resourceOf));
    const response = await answered<AnalyzeResponse>((done) => this.client.analyzeStack(request, done));
    return response.getDiagnosticsList();
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }
}

const answered = <T>(call: (done: (error: Error | null, response: T) => void) => unknown) =>
  new Promise<T>((resolve, reject) => {
    call((error, response) => (error ? reject(error) : resolve(response)));
  });

/** The defaults of a policy's parameters. */
export function defaultsOf(policy: PolicyInfo): Properties {
  const schema = fromStruct(policy.getConfigschema()?.getProperties());
  return Object.fromEntries(
    Object.entries(schema).map(([name, each]) => [name, (each as Properties).default ?? null]),
  );
}

function optionsOf({ protect = false, ignoreChanges = [], parent = "" }: ResourceState) {
  return new AnalyzerResourceOptions()
    .setProtect(protect)
    .setIgnorechangesList([...ignoreChanges])
    .setParent(parent)
    .setCustomtimeouts(new AnalyzerResourceOptions.CustomTimeouts());
}

/** At the end a pack sees outputs: here those that a provider would give back, which are the inputs and the id. */
function resourceOf(state: ResourceState): AnalyzerResource {
  const resource = new AnalyzerResource()
    .setType(state.type)
    .setName(parseUrn(state.urn).name)
    .setUrn(state.urn)
    .setProperties(toStruct({ ...state.inputs, ...(state.id ? { id: state.id } : {}) }))
    .setOptions(optionsOf(state))
    .setParent(state.parent ?? "")
    .setDependenciesList([...(state.dependencies ?? [])]);
  for (const [key, urns] of Object.entries(state.propertyDependencies ?? {}))
    resource.getPropertydependenciesMap().set(key, new AnalyzerPropertyDependencies().setUrnsList([...urns]));
  return resource;
}
