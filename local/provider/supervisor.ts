import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { socketPath } from "../../protocol/socket";
import { writeWhole } from "../durable";
import { environmentFolder, homeFolder, isRoot, privateFolder, projectRoot } from "../home";

/** The platform's Python. */
export const python = join(projectRoot, ".venv/bin/python");

/** Where the platform's Python packages are. */
export const pythonPath = join(projectRoot, "python");

/**
 * The process manager's control socket. A socket's path has 108 bytes at most, so it is not below home, which may be
 * deep; the folder is private and refused when another user owns it.
 */
function controlSocket(environment: string): string {
  const folder = join(tmpdir(), `ecluse-${process.getuid?.()}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0)
    throw new Error(
      `${folder} must be a folder of yours with mode 0700: remove it, or set TMPDIR to another place`,
    );
  const home = createHash("sha256").update(homeFolder()).digest("hex").slice(0, 12);
  return socketPath(folder, `${home}-${environment}.sock`);
}

const configFile = (environment: string) =>
  join(environmentFolder(environment), "supervisor", "supervisord.conf");
const pidFile = (environment: string) =>
  join(environmentFolder(environment), "supervisor", "supervisord.pid");

/** The folder of the logs of an environment's services, one file a service. */
export const logFolder = (environment: string) => privateFolder(join(environmentFolder(environment), "logs"));

function configText(environment: string): string {
  const socket = controlSocket(environment);
  return `[supervisord]
logfile = ${join(logFolder(environment), "supervisord.log")}
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = ${pidFile(environment)}
umask = 077
identifier = ecluse-${environment}
${isRoot ? "user = root\n" : ""}
[unix_http_server]
file = ${socket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://${socket}

[include]
files = programs/*.conf
`.replaceAll("%", "%%");
}

/** The process id of the environment's process manager, or undefined when it does not run. */
export function managerPid(environment: string): number | undefined {
  if (!existsSync(pidFile(environment))) return undefined;
  const pid = Number(readFileSync(pidFile(environment), "utf8"));
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(configFile(environment)) ? pid : undefined;
  } catch {
    return undefined;
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/** Waits until `done`, for at most `seconds`; throws what is asked for then. */
async function waitFor(done: () => boolean, seconds: number, complaint: string): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (!done()) {
    if (Date.now() > until) throw new Error(complaint);
    await pause();
  }
}

/** Starts the environment's process manager, and with it every service that it knows. Nothing to do when it runs. */
export async function startManager(environment: string): Promise<void> {
  if (managerPid(environment) !== undefined) return;
  privateFolder(join(environmentFolder(environment), "supervisor", "programs"));
  writeWhole(configFile(environment), configText(environment));
  const started = spawnSync(python, ["-m", "supervisor.supervisord", "-c", configFile(environment)], {
    env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", HOME: environmentFolder(environment) },
    cwd: environmentFolder(environment),
    encoding: "utf8",
  });
  if (started.status !== 0)
    throw new Error(`the process manager of ${environment} does not start: ${started.stderr.trim()}`);
  // It writes its pid when it has gone to the background, after the command ended.
  const log = join(logFolder(environment), "supervisord.log");
  await waitFor(
    () => managerPid(environment) !== undefined,
    10,
    `the process manager of ${environment} is not there; see ${log}`,
  );
}

/** Stops the environment's process manager and waits until it and its services are gone. */
export async function stopManager(environment: string): Promise<void> {
  const pid = managerPid(environment);
  if (pid === undefined) return;
  process.kill(pid, "SIGTERM");
  const found = `the process manager of ${environment} (pid ${pid}) does not end`;
  const complaint = `${found}: kill it, and run the command again`;
  await waitFor(() => managerPid(environment) === undefined, 60, complaint);
}

async function control(environment: string, ...words: string[]): Promise<string> {
  const call = promisify(execFile)(python, [
    "-m",
    "supervisor.supervisorctl",
    "-c",
    configFile(environment),
    ...words,
  ]);
  // Its exit code says whether a program runs, which the caller reads from the text.
  const { stdout } = await call.catch((error: { stdout: string; stderr: string; code: unknown }) => {
    if (typeof error.code !== "number") throw error;
    return error;
  });
  return stdout;
}

/** The state of each service of an environment as supervisor names it (`RUNNING`, `BACKOFF`, …), by service. */
export async function serviceStates(environment: string): Promise<Record<string, string>> {
  if (managerPid(environment) === undefined) return {};
  const lines = (await control(environment, "status")).trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => line.split(/\s+/)).map(([name = "", state = ""]) => [name, state]),
  );
}

/** Stops the services of an environment but those named; its process manager runs on, and starts none of them. */
export async function stopServices(environment: string, except: readonly string[]): Promise<void> {
  const names = Object.keys(await serviceStates(environment)).filter((name) => !except.includes(name));
  if (names.length > 0) await control(environment, "stop", ...names);
}

/** The process id of a service, or undefined when it does not run. */
export async function servicePid(environment: string, name: string): Promise<number | undefined> {
  const pid = Number.parseInt(await control(environment, "pid", name), 10);
  return pid > 0 ? pid : undefined;
}

const programFile = (environment: string, name: string) =>
  join(environmentFolder(environment), "supervisor", "programs", `${name}.conf`);

/**
 * Makes the process manager keep `command` alive as `name`; restarts it when `version` (a hash of its spec) is
 * another.
 */
export async function keepAlive(
  environment: string,
  name: string,
  spec: { file: string; version: string; stopSignal: string },
) {
  const log = join(logFolder(environment), `${name}.log`);
  const text = `[program:${name}]
command = "${python}" -m ecluse_local.launch "${spec.file}"
environment = PYTHONPATH="${pythonPath}",ECLUSE_SPEC="${spec.version}"
autorestart = true
startretries = 1000000
stopsignal = ${spec.stopSignal}
stopwaitsecs = 20
killasgroup = true
redirect_stderr = true
stdout_logfile = ${log}
stdout_logfile_maxbytes = 5MB
stdout_logfile_backups = 2
`.replaceAll("%", "%%");
  writeWhole(programFile(environment, name), text);
  const said = await control(environment, "update", name);
  if (said.includes("ERROR"))
    throw new Error(`the process manager of ${environment} refuses ${name}: ${said.trim()}`);
}

/** Stops the service and forgets it. */
export async function letGo(environment: string, name: string): Promise<void> {
  rmSync(programFile(environment, name), { force: true });
  if (managerPid(environment) !== undefined) await control(environment, "update", name);
}
