import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/analyzer_pb";
import { CHANNEL_OPTIONS, Server, unary } from "../../protocol/server";

const same = (bytes: Buffer) => bytes;

/**
 * Answers the CLI in the place of a policy pack that is not started yet: a Node pack learns its stack from its
 * environment, and the CLI says which stack it is only to a pack that answers. Every other call is passed on, byte
 * for byte.
 */
export class PolicyProxy {
  private readonly server = new Server();
  private readonly configuration = Promise.withResolvers<pb.AnalyzerStackConfigureRequest | undefined>();
  private readonly pack = Promise.withResolvers<grpc.Client>();

  /** Starts listening; gives the port. */
  async listen(): Promise<string> {
    const passed = Object.entries(AnalyzerService).map(([name, method]) => {
      const { path } = method as grpc.MethodDefinition<Buffer, Buffer>;
      return [name, { path, handler: unary((request: Buffer) => this.pass(path, request)) }] as const;
    });
    const bytes = {
      requestStream: false,
      responseStream: false,
      requestDeserialize: same,
      responseSerialize: same,
    };
    const own = AnalyzerService as unknown as Record<string, object>;
    const definition = Object.fromEntries(
      passed.map(([name, { path }]) => [
        name,
        name in this.answered
          ? own[name]
          : { path, ...bytes, requestSerialize: same, responseDeserialize: same },
      ]),
    );
    const handlers = Object.fromEntries(passed.map(([name, { handler }]) => [name, handler]));
    this.server.add(definition, { ...handlers, ...this.answered });
    await this.server.listen();
    return this.server.address.split(":").at(-1) ?? "";
  }

  private readonly answered = {
    handshake: unary(async () => new pb.AnalyzerHandshakeResponse()),
    configureStack: unary(async (request: pb.AnalyzerStackConfigureRequest) => {
      this.configuration.resolve(request);
      return new pb.AnalyzerStackConfigureResponse();
    }),
  };

  /** What the pack's environment is to say of the stack; empty where the CLI asks the pack for no stack. */
  async environment(): Promise<Record<string, string>> {
    const request = await this.configuration.promise;
    if (!request) return {};
    return {
      PULUMI_NODEJS_ORGANIZATION: request.getOrganization(),
      PULUMI_NODEJS_PROJECT: request.getProject(),
      PULUMI_NODEJS_STACK: request.getStack(),
      PULUMI_NODEJS_DRY_RUN: String(request.getDryRun()),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
    };
  }

  /** Passes calls on to the pack, which listens on `port`. */
  attach(port: string): void {
    this.pack.resolve(
      new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), CHANNEL_OPTIONS),
    );
  }

  /** Ends the server. */
  close(): void {
    this.server.close();
  }

  private async pass(path: string, request: Buffer): Promise<Buffer> {
    this.configuration.resolve(undefined);
    const pack = await this.pack.promise;
    return new Promise((resolve, reject) => {
      pack.makeUnaryRequest(path, same, same, request, (error, answer) =>
        error ? reject(error) : resolve(answer ?? Buffer.alloc(0)),
      );
    });
  }
}
