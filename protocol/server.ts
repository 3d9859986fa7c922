import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { messageOf } from "./errors";
import "./ownerOnly";
import { socketPath } from "./socket";

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

/** A gRPC server without credentials, for clients of the same user. */
export class Server {
  private readonly server = new grpc.Server(CHANNEL_OPTIONS);
  private bound = "";
  private folder = "";

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

  /** Starts listening on a free loopback port, for clients that know no other kind of address. */
  async listen(): Promise<void> {
    this.bound = `127.0.0.1:${await this.bind("127.0.0.1:0")}`;
  }

  /** Starts listening on a Unix socket in a folder that only this user may enter. */
  async listenPrivately(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), "ecluse-grpc-"));
    const address = `unix:${socketPath(this.folder, "socket")}`;
    await this.bind(address);
    this.bound = address;
  }

  /** Ends every connection. */
  close(): void {
    this.server.forceShutdown();
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }

  private bind(address: string): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const credentials = grpc.ServerCredentials.createInsecure();
    this.server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
    return promise;
  }
}
