import { expect, it } from "vitest";
import { makeForge } from "../local/forge/fixture";
import { createIssue } from "../local/forge/issues";
import { forgeProjects, forgeText } from "./forge";
import { printable } from "./progress";

it("shows each project's pipelines, with their jobs, and its open issues", async () => {
  const forge = makeForge();
  const issue = { title: "Drift in age", description: "", labels: ["drift"], author: "churn-monitor-dev" };
  createIssue(forge.home, forge.project.id, issue);
  await forge.run(forge.commit({ ".gitlab-ci.yml": "unit:\n  script: ['true']\n" }));
  const text = forgeText(forgeProjects(forge.home));
  expect(text).toMatch(/ecluse\/churn\n\npipeline .*\n─.*\n1 +work +[0-9a-f]{8} +passed +unit: passed\n/);
  expect(text).toMatch(/#1 +Drift in age +drift +\d{4}-/);
  expect(text).toContain("ecluse/platform\n\nno pipelines\n\nno open issues");
}, 60_000);

it("nothing that is printed gives orders to a terminal", () => {
  expect(printable("a\u001b]52;c;Zm9v\u0007b\rc\u009b2J\td\ne")).toBe("a]52;c;Zm9vbc2J\td\ne");
});
