import { execFile } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { isRoot } from "../local/home";
import { addresses, folder, ranges } from "./addresses";
import { pythonSource } from "./bases";
import { obstacle } from "./goBuild";
import { connect } from "./network";
import { closeSpace, openSpace, spaceId } from "./space";

/** One thing that a cluster on this machine needs, in the form of `ecluse doctor`. */
export interface Need {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly fix: string;
}

/** Debian packages, each with a file by which it is known. */
const packages = {
  containerd: "containerd",
  runc: "runc",
  "containernetworking-plugins": "/usr/lib/cni/bridge",
  nftables: "nft",
  iptables: "iptables",
  ipset: "ipset",
  conntrack: "conntrack",
  iproute2: "ip",
  openssl: "openssl",
  e2fsprogs: "mkfs.ext4",
  buildah: "buildah",
  debootstrap: "debootstrap",
} as const;

/** The folders of what is built from Go modules, each of which may ask for another Go. */
const modules = globSync(join(__dirname, "*/go.mod")).map(dirname);

// A user's PATH may lack the folders of administration.
const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];

const isThere = (file: string) =>
  file.startsWith("/") ? existsSync(file) : places.some((place) => existsSync(join(place, file)));

function packageNeed(): Need {
  const missing = Object.entries(packages).filter(([, file]) => !isThere(file));
  const names = missing.map(([name]) => name).join(" ");
  return {
    name: "cluster: Debian packages",
    ok: missing.length === 0,
    found: missing.length === 0 ? Object.keys(packages).join(", ") : `not found: ${names}`,
    fix: `apt-get install --no-install-recommends ${names}`,
  };
}

// Each line is a thing that a node makes. All of it is in namespaces, and ends with them.
const probes = {
  "a file system of layers": `mkdir l u w m && mount -t overlay none -o lowerdir=l,upperdir=u,workdir=w m`,
  "a file system in a file": "truncate -s 8M f && mkfs.ext4 -q f && mkdir v && mount -o loop f v",
  "virtual network devices":
    "ip link add name veth0 type veth peer name veth1 && ip link add name cni0 type bridge",
  "rules of nftables": "nft add table ip probe",
  "rules of NetworkPolicies":
    "ipset create probe hash:ip timeout 0 && iptables -A FORWARD -m set --match-set probe src -j ACCEPT &&" +
    "cat /proc/sys/net/bridge/bridge-nf-call-iptables",
  "control groups":
    "cd /sys/fs/cgroup && { test -e cgroup.controllers && set . || set cpu cpuset memory pids; } &&" +
    'for group; do mkdir "$group/probe.$$" && rmdir "$group/probe.$$" || exit 1; done',
};

/** What of it the kernel forbids, as one does in many containers; undefined when all may be made. */
async function forbidden(): Promise<string | undefined> {
  mkdirSync(dirname(folder), { recursive: true });
  // Most kernels have it as a module; one that has it built in knows no such module.
  await promisify(execFile)("modprobe", ["br_netfilter"]).catch(() => {});
  const place = mkdtempSync(`${folder}-probe-`);
  const lines = Object.entries(probes).map(([name, line]) => `{ ${line}; } >&2 || { echo "${name}"; exit; }`);
  const words = ["--net", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", lines.join("\n")];
  try {
    const env = { ...process.env, PATH: places.join(delimiter) };
    return (await promisify(execFile)("unshare", words, { cwd: place, env })).stdout.trim() || undefined;
  } catch {
    return "namespaces";
  } finally {
    rmSync(place, { recursive: true });
  }
}

async function kernelNeed(): Promise<Need> {
  const found = await forbidden();
  return {
    name: "cluster: kernel",
    ok: found === undefined,
    found: found ? `it does not let root make ${found}` : "namespaces, layers, devices, rules and groups",
    fix: "run it on the machine itself, or in a virtual one, rather than in a container",
  };
}

/** Whether a connection to `host` gets an answer; nothing listens there, so it is a refusal. */
const answers = (host: string) =>
  new Promise<boolean>((resolve) => {
    const socket = createConnection({ host, port: 9, timeout: 5000 });
    socket.once("timeout", () => socket.destroy(new Error("no answer")));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "ECONNREFUSED"));
  });

/** Whether this machine reaches a network that it made, as it must reach pods: a firewall may be between. */
async function networkNeed(): Promise<Need> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await openSpace();
  const reached = await connect()
    .then(() => answers(addresses.node))
    .finally(closeSpace);
  return {
    name: "cluster: network",
    ok: reached,
    found: `${addresses.node} over a virtual cable: ${reached ? "answers" : "no answer"}`,
    fix: `let the machine's firewall pass ${addresses.node} and ${Object.values(ranges).join(", ")}`,
  };
}

async function pythonNeed(): Promise<Need> {
  const found = await pythonSource();
  return {
    name: "cluster: Python for images",
    ok: found !== undefined,
    found: found ?? "the checkout's is spread over the system's folders, and GitHub does not answer",
    fix: "remove .venv, and set ECLUSE_PYTHON to a Python 3.11 in a folder of its own, such as pyenv's",
  };
}

/** What a node makes on the machine; nothing is tried beside a cluster that is up, which has it. */
async function made(): Promise<readonly Need[]> {
  const kernel = await kernelNeed();
  return kernel.ok && spaceId() === undefined ? [kernel, await networkNeed()] : [kernel];
}

/** What a cluster needs of this machine, and whether it is there. */
export async function needs(): Promise<readonly Need[]> {
  const go = await obstacle(...modules);
  const root = process.platform === "linux" && isRoot;
  const packages = packageNeed();
  return [
    {
      name: "cluster: root on Linux",
      ok: root,
      found: `${process.platform}, user ${process.getuid?.() ?? "unknown"}`,
      fix: "run it as root on Linux: nodes make namespaces, cgroups and mounts",
    },
    packages,
    { name: "cluster: Go", ok: go === undefined, found: go ?? "found", fix: "install it from go.dev/dl" },
    await pythonNeed(),
    ...(root && packages.ok ? await made() : []),
  ];
}

/** Why this machine can have no cluster, with the fix; undefined when it can. */
export async function whyNot(): Promise<string | undefined> {
  const missing = (await needs()).filter(({ ok }) => !ok);
  return missing.length === 0
    ? undefined
    : missing.map(({ name, found, fix }) => `${name}: ${found} (${fix})`).join("; ");
}
