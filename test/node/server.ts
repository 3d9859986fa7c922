import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import type { Client } from "../../cluster/client";

/** What a server answered. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: tests read a few fields of it
  readonly body: any;
}

/** A server of an environment, asked at its Service's address, and known by the environment's authority. */
export class Server {
  private constructor(
    private readonly host: string,
    private readonly address: string,
    private readonly port: number,
    private readonly ca: string,
  ) {}

  /** Looks up where it is. */
  static async find(client: Client, namespace: string, name: string): Promise<Server> {
    const of = (kind: string, name: string) =>
      client.get({ apiVersion: "v1", kind, metadata: { name, namespace } });
    const [service, authority] = [await of("Service", name), await of("ConfigMap", "authority")];
    const host = `${name}.${namespace}.svc.cluster.local`;
    return new Server(host, service.spec.clusterIP, service.spec.ports[0].port, authority.data["ca.crt"]);
  }

  /** Asks with a token: a question, or what a body has. */
  ask(path: string, token: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      host: `${this.host}:${this.port}`,
      authorization: `Bearer ${token}`,
      ...(text && { "content-type": "application/json" }),
    };
    return this.send(path, { headers, ...(text && { text }) });
  }

  /** Sends a request with these headers. */
  send(path: string, { headers, text }: { headers: OutgoingHttpHeaders; text?: string }): Promise<Answer> {
    const { host, address, port, ca } = this;
    const place = { host: address, port, path, ca, servername: host };
    return new Promise((resolve, reject) => {
      const sent = request({ ...place, method: text ? "POST" : "GET", headers }, (answer) => {
        let said = "";
        answer.setEncoding("utf8").on("data", (piece) => (said += piece));
        const { statusCode: status, headers } = answer;
        answer.on("end", () => resolve({ status, headers, body: parsed(said) }));
      });
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
