import * as grpc from "@grpc/grpc-js";
import { messageOf } from "./errors";

/** No message is too large for a resource with much in it. */
export const CHANNEL_OPTIONS = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};

/** A handler of one gRPC method. */
export type Handler<Q, R> = (
  call: { request: Q },
  callback: (error: Failure | null, reply?: R) => void,
) => void;

interface Failure {
  readonly code: grpc.status;
  readonly details: string;
}

/** Makes a gRPC handler of an async function; the caller gets an error with this status. */
export function unary<Q, R>(answer: (request: Q) => Promise<R>, code = grpc.status.UNKNOWN): Handler<Q, R> {
  return (call, callback) => {
    answer(call.request).then(
      (reply) => callback(null, reply),
      (error: unknown) => callback({ code, details: messageOf(error) }),
    );
  };
}

/** A gRPC server on a free loopback port. */
export class Server {
  private readonly server = new grpc.Server(CHANNEL_OPTIONS);
  private bound = "";

  /** The address it listens at; empty before `listen`. */
  get address(): string {
    return this.bound;
  }

  /** Adds a service; methods without a handler answer UNIMPLEMENTED. */
  add(definition: unknown, handlers: object): void {
    this.server.addService(
      definition as grpc.ServiceDefinition,
      handlers as grpc.UntypedServiceImplementation,
    );
  }

  /** Starts listening. */
  async listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const credentials = grpc.ServerCredentials.createInsecure();
    this.server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
      error ? reject(error) : resolve(port),
    );
    this.bound = `127.0.0.1:${await promise}`;
  }

  /** Ends every connection. */
  close(): void {
    this.server.forceShutdown();
  }
}
