import { allOf, holds, is } from "../../conditions";
import type { Context } from "../../context";
import { gitlabType, lackOf, maintainers, ofProject } from "../../gitlab";
import { type Companion, has } from "../../relations";
import type { Condition, Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { text } from "../../values";
import { allVerdicts, passOn } from "../../verdict";

/** Tags of released images, in both forms of a version. */
const released = ["1.2.3", "v1.2.3"];

/** The form of GitLab's is nearly that of JavaScript; one that is not is no proof. */
function coversAll(form: unknown): boolean {
  try {
    const expression = new RegExp(`^(?:${String(form)})$`);
    return released.every((tag) => expression.test(tag));
  } catch {
    return false;
  }
}

/** A pattern that takes in the project's own images and those below it. */
const repositories = (slug: string): Companion => ({
  type: gitlabType("ProjectContainerRepositoryProtection"),
  relation: ofProject,
  check: allOf(
    holds(
      "repositoryPathPattern",
      (value) => typeof value === "string" && `/${value}`.endsWith(`/${slug}*`),
      `a pattern that ends with ${slug}*`,
    ),
    is("minimumAccessLevelForPush", ...maintainers),
  ),
  missing: "everybody who pushes code pushes its images",
});

const fixed = is("immutable", true);
const byMaintainers = is("minimumAccessLevelForPush", ...maintainers);

const tags = (context: Context): Companion => {
  const immutable: Condition = lackOf("immutableImages", context) ? byMaintainers : fixed;
  return {
    type: gitlabType("ProjectContainerTagProtection"),
    relation: ofProject,
    check: allOf(holds("tagNameRegex", coversAll, "a form that versions have"), immutable),
    missing: "its released images can be overwritten",
  };
};

function* imagesProtected(stack: Stack, context: Context): Iterable<Finding> {
  const lack = lackOf("protectedImages", context);
  for (const project of stack.of(gitlabType("Project"))) {
    const ofImages = has(stack, context, project, repositories(text(project.inputs, "path") ?? project.name));
    const ofTags = lack ? passOn(() => lack) : has(stack, context, project, tags(context));
    yield { urn: project.urn, ...allVerdicts([ofImages, ofTags]) };
  }
}

/** The rule on images that a project makes. */
export const gitlabImageRules: readonly Rule[] = [
  {
    id: "GL-23",
    name: "released-images-immutable",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "Nobody below a maintainer pushes a project's images, and what a released tag says stays.",
    remediation: "Keep components/gitlab/protection.ts.",
    deviation:
      "Immutable where GitLab's tier has that, and for maintainers alone elsewhere. Packages are not " +
      "asked for: no pipeline makes one.",
    check: imagesProtected,
  },
];
