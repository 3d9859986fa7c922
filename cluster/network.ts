import { addresses, ranges } from "./addresses";
import { run } from "./shell";
import { runInside, spaceId } from "./space";

const ip = (...words: readonly string[]) => run("ip", words);

const ipInside = (...words: readonly string[]) => runInside("ip", ...words);

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
  // Also what goes from pod to pod over the bridge passes the node's rules, or no NetworkPolicy would hold there.
  for (const switched of ["ipv4/ip_forward", "bridge/bridge-nf-call-iptables"])
    await runInside("sh", "-c", `echo 1 > /proc/sys/net/${switched}`);
}
