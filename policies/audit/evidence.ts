import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import { version as pulumi } from "@pulumi/pulumi/version";
import { projectRoot } from "../../local/home";
import { dependencies, version as ecluse } from "../../package.json";
import type { Origin } from "./model";

const git = async (cwd: string, ...words: string[]) =>
  (await promisify(execFile)("git", words, { cwd, maxBuffer: 2 ** 26 })).stdout;

/** What decides a plan or a verdict and may be in no commit, also where `.gitignore` names it. */
const settings = [
  "Pulumi.*.yaml",
  "Pulumi.yaml",
  "policies/*.yaml",
  "policies/*.json",
  "images/digests.yaml",
];

const linesOf = (text: string) => text.split("\n").filter(Boolean);

/** Where the program and the rules are; a report or a state beside them is not read. */
const code = ["stacks", "components", "policies", "protocol", "local", "cli", "images", "package*.json"];

/** Files of a checkout that differ from its commit, and those that are read and in no commit. */
async function changedFiles(folder: string): Promise<string[]> {
  const others = (...words: string[]) => git(folder, "ls-files", "--others", ...words);
  const all = await Promise.all([
    git(folder, "diff", "--name-only", "HEAD"),
    others("--exclude-standard", "--", ...code),
    others("--", ...settings),
  ]);
  return [...new Set(all.flatMap(linesOf))].sort();
}

/** The commit of a checkout, with a mark where files differ from it; `unknown` outside of a repository. */
export async function commitOf(folder: string): Promise<Pick<Origin, "commit" | "changedFiles">> {
  try {
    const head = (await git(folder, "rev-parse", "HEAD")).trim();
    const changed = await changedFiles(folder);
    return { commit: `${head}${changed.length > 0 ? " with changes" : ""}`, changedFiles: changed };
  } catch {
    return { commit: "unknown", changedFiles: [] };
  }
}

/** Who started a CI job, or who is logged in to the machine. */
function login(): string {
  const { GITLAB_USER_LOGIN, CI_JOB_URL } = process.env;
  if (GITLAB_USER_LOGIN) return `${GITLAB_USER_LOGIN} (${CI_JOB_URL ?? "a CI job"})`;
  return `${userInfo().username} (on a machine of their own)`;
}

/** When, with what and by which login an audit is made now. */
export async function evidence(): Promise<Origin> {
  const versions = {
    ecluse,
    pulumi,
    "azure-native": dependencies["@pulumi/azure-native"],
    kubernetes: dependencies["@pulumi/kubernetes"],
    node: process.versions.node,
  };
  return { time: new Date().toISOString(), ...(await commitOf(projectRoot)), by: login(), versions };
}
