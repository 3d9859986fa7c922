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
  AnalyzerPropertyDependencies,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import type { ResourceState } from "../../engine/document";
import { toStruct } from "../../engine/properties";
import { parseUrn } from "../../engine/urn";
import { nodeBinary, projectRoot } from "../../providers/local/home";

/** The policy pack as the Pulumi CLI starts it, and asked by the CLI's own protocol. */
export class PackServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  /** Starts the pack for a stack. Throws what it says when it does not come up. */
  static async start(stack: string): Promise<PackServer> {
    const program = join(projectRoot, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(nodeBinary, [program, "127.0.0.1:0", join(projectRoot, "policies")], {
      cwd: join(projectRoot, "policies"),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PULUMI_STACK: stack, PULUMI_PROJECT: "ecluse" },
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
    return new PackServer(
      child,
      new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), limit),
    );
  }

  /** What the pack says of a resource before its step. */
  resource(state: ResourceState): Promise<AnalyzeDiagnostic[]> {
    const request = new AnalyzeRequest()
      .setType(state.type)
      .setName(parseUrn(state.urn).name)
      .setUrn(state.urn)
      .setProperties(toStruct(state.inputs ?? {}))
      .setOptions(optionsOf(state));
    return answered((done) => this.client.analyze(request, done));
  }

  /** What the pack says of a whole stack. */
  stack(states: readonly ResourceState[]): Promise<AnalyzeDiagnostic[]> {
    const request = new AnalyzeStackRequest().setResourcesList(states.map(resourceOf));
    return answered((done) => this.client.analyzeStack(request, done));
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }
}

type Done = (error: Error | null, response: AnalyzeResponse) => void;

const answered = (call: (done: Done) => unknown) =>
  new Promise<AnalyzeDiagnostic[]>((resolve, reject) => {
    call((error, response) => (error ? reject(error) : resolve(response.getDiagnosticsList())));
  });

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
