import { spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { addresses } from "../../cluster/addresses";
import type { Client } from "../../cluster/client";
import { kubectlProgram } from "./kubectl";

/** What a server answered. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: tests read a few fields of it
  readonly body: any;
}

/** Where a server is asked, and the authority that it is known by. */
interface Place {
  /** The name in its certificate. */
  readonly name: string;
  /** What requests call it. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly ca: string;
}

/** A server of an environment, by TLS. */
export class Server {
  private constructor(private readonly place: Place) {}

  /** One that is open to the outside, at the ingress controller, as people and machines outside ask it. */
  static outside(host: string, ca: string): Server {
    return new Server({ name: host, host, address: addresses.node, port: 443, ca });
  }

  /** One that is open to pods alone: the cluster's administrator forwards a port to it while `use` runs. */
  static async inside<T>(
    client: Client,
    namespace: string,
    name: string,
    use: (server: Server) => Promise<T>,
  ) {
    const of = (kind: string, name: string) =>
      client.get({ apiVersion: "v1", kind, metadata: { name, namespace } });
    const [{ spec }, { data }] = [await of("Service", name), await of("ConfigMap", "authority")];
    const { program, env } = await kubectlProgram();
    const words = ["port-forward", "--namespace", namespace, `service/${name}`, ":https"];
    const forward = spawn(program, words, { env, stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [line] = await Promise.race([
        once(createInterface({ input: forward.stdout }), "line"),
        once(forward, "exit").then(([code]) => Promise.reject(new Error(`${words} ended with ${code}`))),
      ]);
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
      const known = `${name}.${namespace}.svc.cluster.local`;
      const host = `${known}:${spec.ports[0].port}`;
      return await use(new Server({ name: known, host, address: "127.0.0.1", port, ca: data["ca.crt"] }));
    } finally {
      forward.kill();
    }
  }

  /** Asks with a token: a question, or what a body has. */
  ask(path: string, token: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(text && { "content-type": "application/json" }),
    };
    return this.send(path, { headers, ...(text && { text }) });
  }

  /** Sends a request with these headers. */
  send(path: string, { headers, text }: { headers: OutgoingHttpHeaders; text?: string }): Promise<Answer> {
    const { name, host, address, port, ca } = this.place;
    const place = { host: address, port, path, ca, servername: name };
    return new Promise((resolve, reject) => {
      const sent = request(
        { ...place, method: text ? "POST" : "GET", headers: { host, ...headers } },
        (answer) => {
          let said = "";
          answer.setEncoding("utf8").on("data", (piece) => (said += piece));
          const { statusCode: status, headers } = answer;
          answer.on("end", () => resolve({ status, headers, body: parsed(said) }));
        },
      );
      sent.once("error", reject).end(text);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
