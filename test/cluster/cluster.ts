import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { stringify } from "yaml";
import { Client, isTrue, title } from "../../cluster/client";
import { definitions } from "../../cluster/definitions";
import type { Programs } from "./build";
import { Processes } from "./processes";

/** A control plane without nodes: it admits, keeps and controls objects, and runs no pod. */
export interface Cluster {
  readonly client: Client;
  /** Seconds until it was ready. */
  readonly seconds: number;
  /** The most memory that each process has had, in MB. */
  memory(): Readonly<Record<string, number>>;
  /** Ends its processes and forgets what it kept. */
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** etcd asks nobody who he is, so it listens on sockets in the private folder only. */
function etcdFlags(folder: string): string[] {
  return [
    "--data-dir=etcd",
    `--listen-client-urls=unix://${folder}/etcd.sock`,
    `--listen-peer-urls=unix://${folder}/etcd-peer.sock`,
    // Must have a port; nobody follows it, since there is one member.
    "--advertise-client-urls=http://127.0.0.1:2379",
    "--unsafe-no-fsync",
  ];
}

/** What the API server is started with; Pod Security admission is on by its own defaults. */
function apiServerFlags(processes: Processes, port: number, users: string): string[] {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return [
    `--etcd-servers=unix://${processes.folder}/etcd.sock`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    "--cert-dir=certificates",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-signing-key-file=${processes.keep("accounts.key", privateKey)}`,
    `--service-account-key-file=${processes.keep("accounts.pub", publicKey)}`,
    `--token-auth-file=${processes.keep("tokens.csv", users)}`,
    "--authorization-mode=RBAC,Node",
    "--anonymous-auth=false",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--profiling=false",
    // As on real clusters: else it is the API server's own rule, not Pod Security, that refuses privileged pods.
    "--allow-privileged=true",
  ];
}

/**
 * What the controllers are started with: each acts under a ServiceAccount of its own, with the rights a real one has.
 */
function controllerFlags(processes: Processes, url: string, token: string): string[] {
  const server = { server: url, "certificate-authority": "certificates/apiserver.crt" };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: server }],
    users: [{ name: "controllers", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "controllers" } }],
    "current-context": "test",
  };
  return [
    `--kubeconfig=${processes.keep("controllers.yaml", stringify(config))}`,
    "--leader-elect=false",
    "--secure-port=0",
    "--use-service-account-credentials",
    // Autoscalers look every 15 s by default: tests would wait as long to see what they do.
    "--horizontal-pod-autoscaler-sync-period=1s",
    `--service-account-private-key-file=${processes.folder}/accounts.key`,
    "--profiling=false",
  ];
}

/** Starts a control plane whose programs `build` made, with the definitions that the workloads need. */
export async function startCluster(programs: Programs): Promise<Cluster> {
  const began = Date.now();
  const processes = new Processes();
  try {
    const client = await boot(processes, programs);
    return {
      client,
      seconds: (Date.now() - began) / 1000,
      memory: () => processes.memory(),
      stop: () => processes.stop(),
    };
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

async function boot(processes: Processes, programs: Programs): Promise<Client> {
  const token = () => randomBytes(32).toString("hex");
  const [admin, controllers] = [token(), token()];
  const users = `${admin},admin,admin,system:masters\n${controllers},system:kube-controller-manager,controllers\n`;
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  processes.start("etcd", programs.etcd, etcdFlags(processes.folder));
  processes.start("api-server", programs.apiServer, apiServerFlags(processes, port, users));
  const client = await processes.until("the API server is ready", async () => {
    const ca = readFileSync(join(processes.folder, "certificates/apiserver.crt"), "utf8");
    const candidate = new Client({ url, token: admin, ca });
    return (await candidate.ready()) && candidate;
  });
  processes.start("controllers", programs.controllerManager, controllerFlags(processes, url, controllers));
  for (const definition of await definitions()) {
    await client.apply(definition);
    await processes.until(`${title(definition)} is Established`, async () =>
      isTrue(await client.get(definition), "Established"),
    );
  }
  return client;
}
