import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { trustFile } from "../../../local/forge/access";
import { git } from "../../../local/forge/git";
import { pushBranch } from "../../../local/forge/merge";
import { createProject, repositoryOf } from "../../../local/forge/projects";
import { serve } from "../../../local/forge/server";
import { writeJson } from "../../../local/forge/store";

// The local forge with one project, whose main has a pipeline, for a monitor of `dev` that shows tokens of these keys:
// node --import tsx local_forge.ts <home> <port> <jwks>
const [home = "", port = "", jwks = ""] = process.argv.slice(2);
const project = createProject(home, { path: "ecluse/churn", useCase: "churn" });
const folder = mkdtempSync(join(home, "work-"));
writeFileSync(
  join(folder, ".gitlab-ci.yml"),
  "workflow: { name: $ECLUSE_RETRAINING }\nunit: { script: ['true'] }\n",
);
const { sha } = pushBranch({ home, project, folder, branch: "work", message: "Begin" });
git(repositoryOf(home, project), ["update-ref", "refs/heads/main", sha]);
const issuer = "https://dev.ecluse.local";
writeJson(trustFile(home), [{ environment: "dev", issuer, jwks: JSON.parse(jwks), projects: [project.id] }]);
void serve({ home, host: "127.0.0.1", port: Number(port) });
