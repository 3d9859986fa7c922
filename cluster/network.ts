import { addresses, ranges } from "./addresses";
import { run } from "./shell";
import { inside, spaceId } from "./space";

const ip = (...words: readonly string[]) => run("ip", words);

async function ipInside(...words: readonly string[]): Promise<void> {
  const [program = "", ...rest] = inside(["ip", ...words]);
  await run(program, rest);
}

/**
 * Lays a virtual cable between this machine and the cluster. Over it the machine reaches the API server, Services and
 * pods; pods reach the machine, and nothing beyond it: the cluster has no route to elsewhere, so what runs there shows
 * that it needs nothing from the internet. The cable is gone with the cluster.
 */
export async function connect(): Promise<void> {
  const peer = ["peer", "name", "eth0", "netns", String(spaceId())];
  await ip("link", "add", "ecluse0", "type", "veth", ...peer);
  await ip("address", "add", `${addresses.machine}/24`, "dev", "ecluse0");
  await ip("link", "set", "ecluse0", "up");
  await ipInside("link", "set", "lo", "up");
  await ipInside("address", "add", `${addresses.node}/24`, "dev", "eth0");
  await ipInside("link", "set", "eth0", "up");
  // The API server calls webhooks by Service address: a route must be there before kube-proxy translates.
  await ipInside("route", "add", ranges.services, "dev", "lo", "src", addresses.node);
  for (const range of Object.values(ranges)) await ip("route", "add", range, "via", addresses.node);
  const [program = "", ...rest] = inside(["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
  await run(program, rest);
}
