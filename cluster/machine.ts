import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { isRoot } from "../local/home";
import { obstacle } from "./goBuild";

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
  conntrack: "conntrack",
  iproute2: "ip",
  openssl: "openssl",
  buildah: "buildah",
  debootstrap: "debootstrap",
} as const;

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

/** What a cluster needs of this machine, and whether it is there. */
export async function needs(): Promise<readonly Need[]> {
  const go = await obstacle(join(__dirname, "operator"));
  return [
    {
      name: "cluster: root on Linux",
      ok: process.platform === "linux" && isRoot,
      found: `${process.platform}, user ${process.getuid?.() ?? "unknown"}`,
      fix: "run it as root on Linux: nodes make namespaces, cgroups and mounts",
    },
    packageNeed(),
    { name: "cluster: Go", ok: go === undefined, found: go ?? "found", fix: "install it from go.dev/dl" },
  ];
}

/** Why this machine can have no cluster, with the fix; undefined when it can. */
export async function whyNot(): Promise<string | undefined> {
  const missing = (await needs()).filter(({ ok }) => !ok);
  return missing.length === 0
    ? undefined
    : missing.map(({ name, found, fix }) => `${name}: ${found} (${fix})`).join("; ");
}
