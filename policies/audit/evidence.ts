import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { version as pulumi } from "@pulumi/pulumi/version";
import { projectRoot } from "../../local/home";
import { dependencies, version as ecluse } from "../../package.json";
import type { Origin } from "./model";

const git = async (...words: string[]) =>
  (await promisify(execFile)("git", words, { cwd: projectRoot })).stdout.trim();

/** The commit of the checkout, with a mark where files differ from it; `unknown` outside of a repository. */
async function commit(): Promise<string> {
  try {
    const changed = await git("status", "--porcelain", "--untracked-files=no");
    return `${await git("rev-parse", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return "unknown";
  }
}

/** When and with what an audit is made now. */
export async function evidence(): Promise<Origin> {
  const versions = {
    ecluse,
    pulumi,
    "azure-native": dependencies["@pulumi/azure-native"],
    kubernetes: dependencies["@pulumi/kubernetes"],
    node: process.versions.node,
  };
  return { time: new Date().toISOString(), commit: await commit(), versions };
}
