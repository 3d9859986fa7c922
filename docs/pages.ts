import { readdirSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../local/home";

const atRoot = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md"];

const besideCode = ["images/README.md", "sdks/gitlab/README.md"];

const below = (folder: string) =>
  readdirSync(join(projectRoot, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file}`);

/** The pages that people read, relative to the checkout. */
export const pages: readonly string[] = [
  ...atRoot,
  ...besideCode,
  ...below("docs"),
  ...below("docs/decisions"),
];
