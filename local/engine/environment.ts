import { join } from "node:path";

const PASSED = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LC_ALL",
  "TZ",
  "TMPDIR",
  "SSL_CERT_FILE",
];

/**
 * The environment of the program and of plugins: a few names of this process, and what the caller gives; no secret of
 * ours.
 */
export function childEnvironment(
  backendDir: string,
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  const inherited = PASSED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    // Compiled code is kept between runs: this takes seconds off the start of a TypeScript program.
    NODE_COMPILE_CACHE: join(backendDir, ".cache", "node"),
    TS_NODE_CACHE_DIRECTORY: join(backendDir, ".cache", "ts-node"),
    PULUMI_ERROR_OUTPUT_STRING: "true",
    ...extra,
  };
}
