import { existsSync, globSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { stringify } from "yaml";
import { eventually } from "../local/eventually";
import { addresses, at, ranges, registry } from "./addresses";
import { pki } from "./certificates";
import { type Client, isTrue } from "./client";
import { kubernetesPrograms, release } from "./programs";
import { start } from "./space";

/** The name of the only node. */
export const nodeName = "n1";

/** The image that keeps a pod's namespaces (cluster/kubernetes/pause). */
export const pauseImage = `ecluse.local/pause:${release}`;

const socket = at("containerd.sock");

function write(name: string, text: string): string {
  const file = at(name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** containerd 1.6 and later read version 2 of this file. */
const containerdConfig = () => `version = 2
root = "${at("containerd")}"
state = "/run/containerd"
[grpc]
address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${pauseImage}"
# In a container or a small virtual machine, root may not make itself harder to kill.
restrict_oom_score_adj = true
disable_apparmor = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${at("cni")}"
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "${at("certs.d")}"
`;

/** Every image, whatever registry its name begins with, comes from the cluster's own. */
const mirror = `server = "http://${registry}"
[host."http://${registry}"]
capabilities = ["pull", "resolve"]
`;

/** One bridge for all pods, without translation of addresses. What passes it, passes the node's rules too. */
const network = () => ({
  cniVersion: "1.0.0",
  name: "ecluse",
  plugins: [
    {
      type: "bridge",
      bridge: "cni0",
      isGateway: true,
      hairpinMode: true,
      ipam: {
        type: "host-local",
        dataDir: at("addresses"),
        ranges: [[{ subnet: ranges.pods }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
});

const kubeletConfig = () => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  address: addresses.node,
  tlsCertFile: pki("kubelet.crt"),
  tlsPrivateKeyFile: pki("kubelet.key"),
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: false },
    x509: { clientCAFile: pki("ca.crt") },
  },
  authorization: { mode: "Webhook" },
  containerRuntimeEndpoint: `unix://${socket}`,
  cgroupDriver: "cgroupfs",
  failCgroupV1: false,
  failSwapOn: false,
  makeIPTablesUtilChains: false,
  seccompDefault: true,
  clusterDNS: [addresses.dns],
  clusterDomain: "cluster.local",
  resolvConf: write("resolv.conf", ""),
  podLogsDir: at("pods"),
  volumePluginDir: at("plugins"),
  // The disk is the machine's: only a full one makes pods leave.
  evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
  imageGCHighThresholdPercent: 100,
});

const proxyConfig = () => ({
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  mode: "nftables",
  clientConnection: { kubeconfig: pki("proxy.yaml") },
  clusterCIDR: ranges.pods,
  hostnameOverride: nodeName,
  bindAddress: "127.0.0.1",
  // These settings of the kernel belong to the machine, not to a network of its own.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
});

/** Whether a server listens on a socket. */
const listens = (path: string) =>
  new Promise<boolean>((resolve) => {
    const connection = createConnection(path);
    connection.once("error", () => resolve(false));
    connection.once("connect", () => connection.end(() => resolve(true)));
  });

/** Starts the container runtime, and waits until it listens: a kubelet that comes first asks once, and ends. */
async function startContainerd(): Promise<void> {
  write("certs.d/_default/hosts.toml", mirror);
  write("cni/10-ecluse.conflist", JSON.stringify(network()));
  start("containerd", ["containerd", "--config", write("containerd.toml", containerdConfig())]);
  await eventually("containerd listens", () => listens(socket));
}

/** Starts the kubelet. */
export async function startKubelet(): Promise<void> {
  const flags = [
    `--config=${write("kubelet.yaml", stringify(kubeletConfig()))}`,
    `--kubeconfig=${pki("kubelet.yaml")}`,
    `--root-dir=${at("kubelet")}`,
    `--cert-dir=${at("pki")}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${addresses.node}`,
  ];
  start("kubelet", [join(await kubernetesPrograms(), "kubelet"), ...flags]);
}

/** Starts everything of the node, and waits until it is ready. */
export async function startNode(client: Client): Promise<void> {
  await startContainerd();
  await startKubelet();
  const proxy = `--config=${write("proxy.yaml", stringify(proxyConfig()))}`;
  start("proxy", [join(await kubernetesPrograms(), "kube-proxy"), proxy]);
  const node = { apiVersion: "v1", kind: "Node", metadata: { name: nodeName } };
  await eventually(`node ${nodeName} is Ready`, async () => isTrue(await client.get(node), "Ready"), 120);
}

const groups = ["/sys/fs/cgroup/kubepods", "/sys/fs/cgroup/*/kubepods"];

/** Whether pods of a kubelet run on this machine. */
export const hasPods = () => globSync(groups).length > 0;

/** Removes the control groups of pods that have ended. */
export function removeGroups(): void {
  const nested = groups.flatMap((group) => [group, `${group}/**/`]);
  const found = globSync(nested).sort((left, right) => right.length - left.length);
  for (const group of found) if (existsSync(group)) rmdirSync(group);
}
