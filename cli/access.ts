import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentFolder, nodeBinary, projectRoot } from "../local/home";
import { pythonPath } from "../local/provider/supervisor";
import { type EnvironmentOutputs, forgeOutputs, outputsOfEnvironment } from "./outputs";
import { personToken } from "./people";
import { UserError } from "./stacks";
import { landedCopy, peopleTrainIn } from "./workspace";

const loginSeconds = 60;
const tokenSeconds = 600;

/** Environment variables of a login, by name. */
export type LoginExports = Readonly<Record<string, string>>;

/** How another program starts the command line, from any folder. */
export const ecluseCommand = [nodeBinary, join(projectRoot, "local/setup/ecluse.mjs")];

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
 * Browsers send a cookie to every port of its host, so that any server of this machine could ask for the session's. No
 * other one knows the host's name, which is new with each link.
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
 * The environment that makes a notebook or terminal work on one use case as this person. It holds no token: MLflow's
 * plug (`ecluse_identity.login`) asks the command for one, and for the next before it ends. Where people train, it has
 * the landed data too, but nothing that is held out.
 */
export async function loginExports(outputs: EnvironmentOutputs, useCase: string): Promise<LoginExports> {
  const { environment, tracking } = outputs;
  const command = [...ecluseCommand, "login", environment, "--token"];
  return {
    ...(peopleTrainIn(outputs) && { ECLUSE_DATA_URL: await landedCopy(outputs, useCase) }),
    ECLUSE_ENVIRONMENT: environment,
    ECLUSE_USE_CASE: useCase,
    MLFLOW_TRACKING_URI: tracking,
    MLFLOW_WORKSPACE: useCase,
    MLFLOW_TRACKING_AUTH: "ecluse-login",
    ECLUSE_LOGIN_COMMAND: JSON.stringify(command),
    PYTHONPATH: pythonPath,
    ...(process.env.ECLUSE_HOME && { ECLUSE_HOME: process.env.ECLUSE_HOME }),
  };
}

/** What else there is to log in by, for people. */
export function loginHints(outputs: EnvironmentOutputs, useCase: string): string {
  const { environment, tier } = outputs;
  const ci = "CI jobs need no login: the forge gives them a token of their own.";
  if (!peopleTrainIn(outputs))
    return `${environment} is of tier ${tier}: you may look on in MLflow, and read no data there. ${ci}`;
  return [
    `These lines are for eval, in a Python of your own: eval "$(npx ecluse login ${environment})"`,
    `The locked Python, as jobs have it:  npx ecluse shell ${useCase}`,
    `Jupyter and VS Code:                 npx ecluse shell ${useCase} --kernel, then choose that kernel`,
    ci,
  ].join("\n");
}
