import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentFolder, nodeBinary, projectRoot } from "../local/home";
import { pythonPath } from "../local/provider/supervisor";
import { forgeOutputs, outputsOfEnvironment } from "./outputs";
import { personToken } from "./people";
import { UserError } from "./stacks";

const loginSeconds = 60;
const tokenSeconds = 600;

/** A link that logs a person in to an environment's console, and from there to its MLflow, once, within a minute. */
export async function consoleLink(environment: string): Promise<string> {
  const { console } = await outputsOfEnvironment(environment);
  if (!console) throw new UserError(`${environment} has no console yet: npm start makes it`);
  return link(environment, "console", console);
}

/** A link that logs a person in to an environment's tracking server, once, within a minute. */
export async function loginLink(environment: string): Promise<string> {
  const { tracking } = await outputsOfEnvironment(environment);
  return link(environment, "tracking", tracking);
}

/**
 * Browsers send a cookie to
 * every port of its host, so that any server of this machine could ask for the session's. No other one knows the
 * host's name, which is new with each link.
 */
async function link(environment: string, server: "tracking" | "console", address: string): Promise<string> {
  const token = await personToken((await forgeOutputs()).url, environment, server, loginSeconds);
  const url = new URL(address);
  url.hostname = `${environment}-${randomBytes(8).toString("hex")}.localhost`;
  url.searchParams.set("login", token);
  return url.href;
}

/**
 * Opens the link in the desktop's browser, where there is one; by a private file, since arguments can be read by
 * every user.
 */
export function openInBrowser(environment: string, link: string): void {
  if (!hasDesktop()) return;
  const page = join(environmentFolder(environment), "open.html");
  writeFileSync(page, `<!doctype html><meta http-equiv="refresh" content="0;url=${link}">`, { mode: 0o600 });
  showInBrowser(page);
}

const hasDesktop = () => Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** Opens a file in the desktop's browser; false where there is no desktop. */
export function showInBrowser(page: string): boolean {
  if (!hasDesktop()) return false;
  spawn("xdg-open", [page], { stdio: "ignore", detached: true })
    .once("error", () => {})
    .unref();
  return true;
}

/** A token of this person for an environment's tracking server, good for ten minutes: what a login renews itself by. */
export async function trackingToken(environment: string): Promise<string> {
  await outputsOfEnvironment(environment);
  return personToken((await forgeOutputs()).url, environment, "tracking", tokenSeconds);
}

/**
 * The environment that makes MLflow clients of a notebook or terminal work as this person. It holds no token:
 * MLflow's plug (`ecluse_identity.login`) asks the command for one, and for the next before it ends.
 */
export async function loginExports(environment: string): Promise<Record<string, string>> {
  const { tracking, useCases } = await outputsOfEnvironment(environment);
  const command = [nodeBinary, join(projectRoot, "local/setup/ecluse.mjs"), "login", environment, "--token"];
  return {
    MLFLOW_TRACKING_URI: tracking,
    MLFLOW_WORKSPACE: Object.keys(useCases)[0] ?? "",
    MLFLOW_TRACKING_AUTH: "ecluse-login",
    ECLUSE_LOGIN_COMMAND: JSON.stringify(command),
    PYTHONPATH: pythonPath,
    ...(process.env.ECLUSE_HOME && { ECLUSE_HOME: process.env.ECLUSE_HOME }),
  };
}
