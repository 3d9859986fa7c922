import { subscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { endianness } from "node:os";

// Pulumi's SDK serves providers and policy packs on a loopback port without any credential. Other users of the machine
// reach that port too. So each process that serves one loads this file: it ends every connection of another user.

const ESTABLISHED = "01";

/** An IPv4 address and port as `/proc/net/tcp` writes them: the address in the processor's byte order, both in hex. */
function procAddress(address: string, port: number): string {
  const bytes = address.replace(/^::ffff:/, "").split(".");
  const ordered = endianness() === "LE" ? bytes.reverse() : bytes;
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, "0");
  return `${ordered.map((byte) => hex(Number(byte), 2)).join("")}:${hex(port, 4)}`;
}

/**
 * The user that holds the other end of a loopback connection; undefined when the kernel shows no open one. A closed end
 * is shown as root's, so it counts as none.
 */
export function peerUser({ remoteAddress, remotePort, localAddress, localPort }: Socket): number | undefined {
  const own = procAddress(remoteAddress ?? "", remotePort ?? 0);
  const other = procAddress(localAddress ?? "", localPort ?? 0);
  for (const line of readFileSync("/proc/net/tcp", "utf8").split("\n")) {
    const [, local, remote, state, , , , user] = line.trim().split(/\s+/);
    if (local === own && remote === other && state === ESTABLISHED) return Number(user);
  }
  return undefined;
}

/** Ends a connection of another user; a Unix socket has no address, and its folder keeps others out. */
function admit(socket: Socket): void {
  if (socket.remoteAddress !== undefined && peerUser(socket) !== process.geteuid?.()) socket.destroy();
}

// Other systems have no such table; there only previews run, and those serve on Unix sockets.
if (process.platform === "linux")
  subscribe("net.server.socket", (message) => admit((message as { socket: Socket }).socket));
