import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copier, publishTemplate } from "../cli/blueprint";
import { git } from "../local/forge/git";
import { projectRoot } from "../local/home";
import { openWorkshop, type Workshop } from "./blueprintFixture";

let workshop: Workshop;

beforeAll(() => {
  workshop = openWorkshop();
});
afterAll(() => workshop.remove());

describe("an update", () => {
  /** Makes a use case that is committed, as an update wants it. */
  async function committed(): Promise<string> {
    const made = await workshop.make("some-case", { template: "regression" });
    for (const words of [
      ["init", "--quiet"],
      ["add", "--all"],
      ["commit", "--quiet", "-m", "Made"],
    ])
      git(made, words);
    return made;
  }

  it("leaves what is the team's alone, deleted or changed, and brings an environment into the pipeline", async () => {
    const made = await committed();
    execFileSync(
      "sh",
      ["-c", "echo mine >> README.md; echo '# mine' >> src/some_case/features.py; rm -r notebooks"],
      { cwd: made },
    );
    git(made, ["commit", "--quiet", "--all", "-m", "Ours"]);
    const environments = [
      { name: "dev", tier: "development" },
      { name: "recette", tier: "staging" },
      { name: "prod", tier: "production" },
    ];
    await copier(workshop.place, ["update", "--vcs-ref", workshop.version, made], { environments });
    expect(
      git(made, ["status", "--porcelain"])
        .split("\n")
        .map((line) => line.trim()),
    ).toEqual(["M .copier-answers.yml", "M .gitlab-ci.yml"]);
    const pipeline = readFileSync(join(made, ".gitlab-ci.yml"), "utf8");
    expect(pipeline).toContain("stages: [check, dev, package, recette, prod]");
    expect(pipeline).toContain("inputs: { from: recette, to: prod, approval: manual }");
  });

  it("does not change an own file that a later version begins otherwise", async () => {
    const made = await committed();
    const later = { root: join(workshop.place.home, "later"), home: workshop.place.home };
    cpSync(join(projectRoot, "blueprint"), join(later.root, "blueprint"), { recursive: true });
    for (const file of ["package.json", ".gitignore"])
      cpSync(join(projectRoot, file), join(later.root, file));
    execFileSync(
      "sh",
      [
        "-c",
        "for f in 'blueprint/template/{{ regression }}/src/{{ module }}/features.py' " +
          "'blueprint/template/{{ common }}/Dockerfile'; do echo '# later' >> \"$f\"; done",
      ],
      { cwd: later.root },
    );
    await copier(workshop.place, ["update", "--vcs-ref", publishTemplate(later), made], {});
    expect(readFileSync(join(made, "Dockerfile"), "utf8")).toMatch(/# later\n$/);
    expect(readFileSync(join(made, "src/some_case/features.py"), "utf8")).not.toContain("later");
  });
});
