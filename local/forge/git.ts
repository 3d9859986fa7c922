import { execFileSync } from "node:child_process";

const LARGEST_OUTPUT_BYTES = 64 << 20;

/**
 * The environment of the forge's own git calls: no configuration, hook folder or repository of the caller leaks in.
 * Filters are configuration too, so none runs, not even the user's own, such as git-lfs: files travel as they are.
 */
const CLEAN = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LANG: "C.UTF-8",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Écluse local",
  GIT_AUTHOR_EMAIL: "local@localhost",
  GIT_COMMITTER_NAME: "Écluse local",
  GIT_COMMITTER_EMAIL: "local@localhost",
};

/** For commits that are the same wherever and whenever they are made of the same. */
export const fixedDate = {
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
};

/** Runs git with a clean environment and gives its trimmed output, of `most` bytes; throws with git's own message. */
export function git(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
  most = LARGEST_OUTPUT_BYTES,
): string {
  try {
    const output = execFileSync("git", ["-C", folder, ...args], {
      env: { ...CLEAN, ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: most,
    });
    return output.trim();
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: unknown };
    const why = code === "ENOBUFS" ? `it prints more than ${most} bytes` : stderr || message;
    throw new Error(`git ${args[0]} failed in ${folder}: ${String(why).trim()}`);
  }
}

/** The text of a file of a commit; throws where it is none, or has more bytes than `most`. */
export function readBlob(repository: string, commit: string, path: string, most: number): string {
  const name = `${commit}:${path}`;
  const size = Number(git(repository, ["cat-file", "-s", name]));
  if (size > most) throw new Error(`${path} has ${size} bytes, at most ${most}; make it smaller`);
  return git(repository, ["cat-file", "blob", name]);
}

/** The commit a revision names, or undefined when there is none. */
export function commitOf(folder: string, revision: string): string | undefined {
  try {
    return git(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
  } catch {
    return undefined;
  }
}
