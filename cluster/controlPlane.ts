import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../local/eventually";
import { addresses, at, ranges, server } from "./addresses";
import { pki } from "./certificates";
import { Client } from "./client";
import { kubernetesPrograms } from "./programs";
import { start } from "./space";

const read = (file: string) => readFileSync(pki(file), "utf8");

/** A client of the cluster's API server that shows a token, as pods do. */
export const bearer = (token: string) => new Client({ url: server, ca: read("ca.crt"), token });

/** A client of the cluster's API server, as its administrator. */
export function administrator(): Client {
  return new Client({ url: server, ca: read("ca.crt"), cert: read("admin.crt"), key: read("admin.key") });
}

/** etcd asks nobody who he is, so it listens on sockets in the private folder only. */
const etcdFlags = () => [
  `--data-dir=${at("etcd")}`,
  `--listen-client-urls=unix://${at("etcd.sock")}`,
  `--listen-peer-urls=unix://${at("etcd-peer.sock")}`,
  // Must have a port; nobody follows it, since there is one member.
  "--advertise-client-urls=http://127.0.0.1:2379",
  // The cluster does not outlive a crash of the machine.
  "--unsafe-no-fsync",
];

/** What the API server is started with; Pod Security admission is on by its own defaults. */
const apiServerFlags = () => [
  `--etcd-servers=unix://${at("etcd.sock")}`,
  `--bind-address=${addresses.node}`,
  `--advertise-address=${addresses.node}`,
  "--secure-port=6443",
  `--tls-cert-file=${pki("api-server.crt")}`,
  `--tls-private-key-file=${pki("api-server.key")}`,
  `--client-ca-file=${pki("ca.crt")}`,
  `--kubelet-client-certificate=${pki("kubelet-client.crt")}`,
  `--kubelet-client-key=${pki("kubelet-client.key")}`,
  `--kubelet-certificate-authority=${pki("ca.crt")}`,
  // The node's name is in no DNS: logs and exec go by its address.
  "--kubelet-preferred-address-types=InternalIP",
  "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
  `--service-account-signing-key-file=${pki("accounts.key")}`,
  `--service-account-key-file=${pki("accounts.pub")}`,
  "--authorization-mode=Node,RBAC",
  "--enable-admission-plugins=NodeRestriction",
  "--anonymous-auth=false",
  "--allow-privileged=true",
  `--service-cluster-ip-range=${ranges.services}`,
  "--profiling=false",
  // Policies that change objects, which Kubernetes 1.34 leaves off: a small node can ask less of its pods.
  "--feature-gates=MutatingAdmissionPolicy=true",
  "--runtime-config=admissionregistration.k8s.io/v1beta1=true",
];

const controllerFlags = () => [
  `--kubeconfig=${pki("controllers.yaml")}`,
  "--leader-elect=false",
  "--bind-address=127.0.0.1",
  "--use-service-account-credentials",
  `--service-account-private-key-file=${pki("accounts.key")}`,
  // What pods know the API server by.
  `--root-ca-file=${pki("ca.crt")}`,
  "--profiling=false",
];

const schedulerFlags = () => [
  `--kubeconfig=${pki("scheduler.yaml")}`,
  "--leader-elect=false",
  "--bind-address=127.0.0.1",
  "--profiling=false",
];

/** Starts etcd, the API server, the controllers and the scheduler; gives a client when the server is ready. */
export async function startControlPlane(): Promise<Client> {
  const programs = await kubernetesPrograms();
  const begin = (name: string, program: string, flags: readonly string[]) =>
    start(name, [join(programs, program), ...flags]);
  begin("etcd", "server", etcdFlags());
  begin("api-server", "kube-apiserver", apiServerFlags());
  const client = administrator();
  await eventually("the API server is ready", () => client.ready(), 120);
  begin("controllers", "kube-controller-manager", controllerFlags());
  begin("scheduler", "kube-scheduler", schedulerFlags());
  return client;
}
