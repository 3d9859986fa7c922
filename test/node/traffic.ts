import { readFileSync } from "node:fs";
import { at } from "../../cluster/addresses";
import type { Client } from "../../cluster/client";
import { start } from "../../cluster/space";
import { type End, mayConnect } from "../reach/networkPolicies";
import { type SeenPod, seenNetwork, seenPods } from "./seen";

/** A connection as the kernel saw it: where it went after the Service's address was translated. */
export interface Connection {
  readonly protocol: string;
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** Connections that pods made, each once: those that policies allow, and those that they would cut. */
export interface Judged {
  readonly allowed: readonly string[];
  readonly cut: readonly string[];
}

/** Reads a line that `conntrack -E` prints; its second half is the way back, from where the connection really went. */
export function connectionOf(line: string): Connection | undefined {
  const found = /\[NEW\] (tcp|udp) .*?src=(\S+) .*src=(\S+) dst=\S+ sport=(\d+)/.exec(line);
  if (!found) return undefined;
  const [, protocol = "", from = "", to = "", port] = found;
  return { protocol: protocol.toUpperCase(), from, to, port: Number(port) };
}

/**
 * The connections that pods make by way of the node: to Services, to the API server and to addresses outside. Those
 * from one pod to another one's own address stay on the bridge, where nothing is counted.
 */
export class Traffic {
  // An address is given again only after all others of the range.
  private readonly pods = new Map<string, SeenPod>();
  private readonly timer: NodeJS.Timeout;

  /** Begins to look. */
  constructor(private readonly client: Client) {
    start("traffic", ["conntrack", "--event", "--event-mask", "NEW"]);
    this.timer = setInterval(() => void this.look().catch(() => {}), 500);
  }

  private async look(): Promise<void> {
    for (const pod of await seenPods(this.client)) this.pods.set(pod.address, pod);
  }

  /** What pods of an environment did so far, by the policies as they are now. */
  async judged(environment: string): Promise<Judged> {
    await this.look();
    const network = await seenNetwork(this.client);
    const verdicts = new Map<string, boolean>();
    for (const line of readFileSync(at("logs", "traffic.log"), "utf8").split("\n")) {
      const { from = "", to = "", port = 0, protocol = "" } = connectionOf(line) ?? {};
      const [source, target] = [this.pods.get(from), this.pods.get(to)];
      if (![source, target].some((pod) => pod?.namespace.startsWith(`${environment}-`))) continue;
      // The node itself is let in by every network plugin: its kubelet asks whether pods are ready.
      if (!source) continue;
      const end: End = target ?? { address: to };
      const title = `${source.name} -> ${target?.name ?? to} ${protocol} ${port}`;
      verdicts.set(title, mayConnect(network, source, end, port, protocol));
    }
    const titles = (verdict: boolean) =>
      [...verdicts].flatMap(([title, is]) => (is === verdict ? [title] : [])).sort();
    return { allowed: titles(true), cut: titles(false) };
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.timer);
  }
}
