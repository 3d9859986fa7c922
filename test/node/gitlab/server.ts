import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { type Authenticate, Refused } from "../../../local/forge/access";
import { openIssuer } from "../../../local/forge/issuer";
import { forgeListener } from "../../../local/forge/server";
import type { Certified } from "../company";
import { Login } from "./login";

const run = promisify(execFile);

/** What a job's pod fetches, and where what it sends is put. */
export interface OfferedJob {
  readonly checkout: string;
  readonly script: string;
  /** Patterns of the files that it sends. */
  readonly artifacts: readonly string[];
}

/** Where a forge is, and who may write issues in its projects. */
export interface GitlabOptions {
  readonly home: string;
  readonly url: string;
  readonly certified: Certified;
  readonly listen: { readonly host: string; readonly port: number };
  /** The secret of each application that people log in to, by its id. */
  readonly applications?: Readonly<Record<string, string>>;
}

/** Stands in for GitLab: the local forge under a name of its own and by TLS, with what the pods of jobs ask of one. */
export class Gitlab {
  private readonly jobs = new Map<string, OfferedJob & { readonly token: string }>();
  private readonly tokens = new Map<string, string>();
  private server: Server | undefined;
  private people: Login | undefined;

  constructor(private readonly options: GitlabOptions) {}

  /** Starts to listen. */
  async start(): Promise<void> {
    const { home, url, certified, listen, applications = {} } = this.options;
    const issuer = await openIssuer(home, url);
    const forge = forgeListener({ home, issuer, authenticate: this.authenticate });
    const login = new Login(issuer, applications);
    this.people = login;
    const server = createServer({ cert: certified.cert, key: certified.key }, (request, response) => {
      const failed = (error: Error) => response.writeHead(500).end(`${error}`);
      if (request.url === "/.well-known/openid-configuration")
        return response.setHeader("content-type", "application/json").end(JSON.stringify(login.discovery));
      if (request.url === "/oauth/token") return login.answer(request, response).catch(failed);
      const id = /^\/api\/v4\/jobs\/(\d+)\/artifacts$/.exec(request.url ?? "")?.[1];
      if (id === undefined) return forge(request, response);
      this.answerJob(id, request, response).catch(failed);
    });
    this.server = server;
    await new Promise<void>((done, fail) =>
      server.once("error", fail).listen(listen.port, listen.host, () => done()),
    );
  }

  /** The login of people; throws before it has started. */
  get login(): Login {
    if (!this.people) throw new Error("GitLab's stand-in has not started");
    return this.people;
  }

  /** Where it listens. */
  get address() {
    return this.server?.address();
  }

  /** Ends it. */
  stop(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  /** Has a project's access token reach its issues, as the stack asked GitLab for one. */
  acceptToken(token: string, projectId: string): void {
    this.tokens.set(token, projectId);
  }

  /** Lets the pod of a job fetch it; gives the token by which it does. */
  offer(id: string, job: OfferedJob): string {
    const token = `glcbt-${randomUUID()}`;
    this.jobs.set(id, { ...job, token });
    return token;
  }

  /** Takes the job's token from it. */
  withdraw(id: string): void {
    this.jobs.delete(id);
  }

  private readonly authenticate: Authenticate = async (authorization) => {
    const token = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1] ?? "";
    const project = this.tokens.get(token);
    if (project === undefined) throw new Refused(401, "401 Unauthorized");
    return { name: `project_${project}_bot`, mayReach: ({ id }) => id === project };
  };

  private async answerJob(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const job = this.jobs.get(id);
    if (!job || request.headers["job-token"] !== job.token) return void response.writeHead(403).end();
    if (request.method === "GET") return void response.end(await packed(job));
    await unpack(await buffer(request), job.checkout);
    response.writeHead(201).end();
  }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-job-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const megabytes = 1024 * 1024;

/** All that a job's pod is given, as an archive: `project/`, the script, and the patterns of artifacts. */
const packed = ({ checkout, script, artifacts }: OfferedJob): Promise<Buffer> =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "script"), script);
    writeFileSync(join(folder, "artifacts.json"), JSON.stringify(artifacts));
    const renamed = ["--transform", "flags=r;s,^\\.,project,", "--directory", checkout, "."];
    const words = ["--create", "--owner=0", "--group=0", "--directory", folder, "script", "artifacts.json"];
    const options = { encoding: "buffer", maxBuffer: 1024 * megabytes } as const;
    return (await run("tar", [...words, ...renamed], options)).stdout;
  });

/** Puts files into a checkout, of which the forge then takes what it wants. */
const unpack = (archive: Buffer, checkout: string): Promise<void> =>
  inFolder(async (folder) => {
    const file = join(folder, "artifacts.tar");
    writeFileSync(file, archive);
    mkdirSync(checkout, { recursive: true });
    await run("tar", ["--extract", "--no-same-owner", "--file", file, "--directory", checkout]);
  });
