import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeBinary, projectRoot } from "../../local/home";
import { Server } from "../../protocol/server";

// Attack: another user of the machine calls the gRPC services that a run of the engine or of the Pulumi CLI opens. One
// call of `ResourceProvider/Create` with a `Task` was enough to run a command as the owner.

/** What an HTTP/2 client says first, gRPC's too: its preface and an empty SETTINGS frame. */
const PREFACE = String.raw`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0`;
const STRANGER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** How many bytes a server answers to the preface: none when it ends the connection. */
function answered(port: string, as: readonly string[]): number {
  // The server may have closed the connection before the preface is written.
  const write = `trap '' PIPE; exec 3<>/dev/tcp/127.0.0.1/${port}; printf '${PREFACE}' >&3`;
  const script = `${write}; timeout 5 head -c 9 <&3 | wc -c`;
  const [program = "", ...words] = [...as, "bash", "-c", script];
  return Number(execFileSync(program, words, { cwd: "/", encoding: "utf8", stdio: "pipe" }));
}

/** Starts what the SDK serves from a folder, as the Pulumi CLI does, and gives the port that it prints. */
async function serve(words: readonly string[], folder: string): Promise<[ChildProcess, string]> {
  const [command = "", ...rest] = words;
  const program = join(projectRoot, "node_modules/@pulumi/pulumi/cmd", command);
  const child = spawn(nodeBinary, [program, ...rest], {
    cwd: join(projectRoot, folder),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PULUMI_NODEJS_STACK: "local-dev" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), "line");
  return [child, String(port)];
}

describe.for([
  ["the local provider", ["run-plugin", ".", "127.0.0.1:1"], "local/provider"],
  ["the policy pack", ["run-policy-pack", "127.0.0.1:1", "."], "policies"],
] as const)("%s", ([, words, folder]) => {
  let child: ChildProcess;
  let port: string;

  beforeAll(async () => {
    [child, port] = await serve(words, folder);
  });
  afterAll(() => child.kill());

  it("answers its owner", () => {
    expect(answered(port, [])).toBe(9);
  });

  it.skipIf(process.getuid?.() !== 0)("says nothing to another user (needs root to be one)", () => {
    expect(answered(port, STRANGER)).toBe(0);
  });
});

it("the engine listens in a folder that only its owner may enter", async () => {
  const server = new Server();
  await server.listenPrivately();
  const path = server.address.replace("unix:", "");
  expect(statSync(path).isSocket()).toBe(true);
  expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
  server.close();
  expect(() => statSync(path)).toThrow(/ENOENT/);
});
