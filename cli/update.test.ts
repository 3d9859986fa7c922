import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { git } from "../local/forge/git";
import { answers, type Checkout, makeCheckout } from "./fixture";
import { newUseCase } from "./new";
import { updateUseCase } from "./update";

let made: Checkout;
let checkout: Checkout;
beforeAll(async () => {
  made = makeCheckout();
  await newUseCase(made, answers);
});
afterAll(() => made.remove());
beforeEach(() => {
  checkout = made.copy();
});
afterEach(() => checkout.remove());

const name = "late-trains";
const file = (path: string) => `usecases/${name}/${path}`;
const train = file("src/late_trains/train.py");
const edit = (from: string, to: string) => checkout.write(train, checkout.read(train).replace(from, to));
const newTrain = {
  "src/{{ module }}/train.py": "first = 1\nsecond = 2\nthird = 3\nfourth = 4\nfifth = 50\n",
};

test("an edit and a later version of the template both survive, and what is no code is left alone", async () => {
  edit("first = 1", "first = 10");
  checkout.write(file("own.py"), "mine = 2\n");
  checkout.write(file("build/model.bin"), "bytes");
  checkout.release("0.2.0", { ...newTrain, "own.py": "theirs = 1\n", "more.txt": "more\n" });
  expect(await updateUseCase(checkout, name)).toEqual({
    name,
    from: "0.1.0",
    to: "0.2.0",
    changed: [".copier-answers.yml", "more.txt", "src/late_trains/train.py"],
    conflicts: [],
    kept: [],
  });
  expect(checkout.read(train)).toBe("first = 10\nsecond = 2\nthird = 3\nfourth = 4\nfifth = 50\n");
  expect(checkout.read(file("own.py"))).toBe("mine = 2\n");
  expect(checkout.read(file("build/model.bin"))).toBe("bytes");
  expect(checkout.read(file(".copier-answers.yml"))).toMatch(
    /_commit: 0\.2\.0\n_src_path: blueprint\.git\n[\s\S]*platform_version: 0\.2\.0\n/,
  );
  expect((await updateUseCase(checkout, name)).changed).toEqual([]);
});

test("a conflict is shown with both sides in the file, and is to be settled before the next update", async () => {
  edit("fifth = 5", "fifth = 500");
  checkout.release("0.2.0", { ...newTrain, "more.txt": "more\n" });
  const { conflicts, changed } = await updateUseCase(checkout, name);
  expect(conflicts).toEqual(["src/late_trains/train.py"]);
  expect(changed).toContain("more.txt");
  expect(checkout.read(train)).toContain(
    "<<<<<<< before updating\nfifth = 500\n=======\nfifth = 50\n>>>>>>> after updating\n",
  );
  checkout.release("0.3.0", { "more.txt": "much more\n" });
  const before = checkout.all();
  await expect(updateUseCase(checkout, name)).rejects.toThrow(
    /usecases\/late-trains has conflicts of a former update in src\/late_trains\/train\.py: choose in each/,
  );
  expect(checkout.all()).toEqual(before);
});

test("an environment whose stack file does not list the use case is not in its pipeline", async () => {
  const uat = made.read("Pulumi.local-dev.yaml").replace("environment: dev", "environment: uat");
  checkout.write("Pulumi.local-uat.yaml", uat.replace("- name: late-trains", "- name: other"));
  expect((await updateUseCase(checkout, name)).changed).toEqual([]);
});

test("a new environment comes into the pipeline file without a new version", async () => {
  const staging = checkout.read("Pulumi.local-dev.yaml").replace("environment: dev", "environment: staging");
  checkout.write("Pulumi.local-staging.yaml", staging.replace("tier: development", "tier: staging"));
  checkout.write(file("pipeline.yml"), `# Ours.\n${checkout.read(file("pipeline.yml"))}`);
  const { from, to, changed, conflicts } = await updateUseCase(checkout, name);
  expect([from, to, conflicts]).toEqual(["0.1.0", "0.1.0", []]);
  expect(changed).toEqual([".copier-answers.yml", "pipeline.yml"]);
  expect(checkout.read(file("pipeline.yml"))).toBe("# Ours.\nstages:\n  - dev\n  - staging\n  - prod\n");
});

test("a file that the template gave up goes, unless it was edited", async () => {
  checkout.write(file("old.txt"), "old, and ours\n");
  edit("first = 1", "first = 10");
  checkout.release("0.2.0", { ...newTrain, "old.txt": undefined, "older.txt": undefined });
  const { kept, changed, conflicts } = await updateUseCase(checkout, name);
  expect([kept, conflicts]).toEqual([["old.txt"], []]);
  expect(changed).toContain("older.txt");
  expect(existsSync(join(checkout.root, file("older.txt")))).toBe(false);
  expect(checkout.read(file("old.txt"))).toBe("old, and ours\n");
  expect(checkout.read(train)).toBe("first = 10\nsecond = 2\nthird = 3\nfourth = 4\nfifth = 50\n");
});

test("a file that the team removed stays away", async () => {
  rmSync(join(checkout.root, file("old.txt")));
  checkout.release("0.2.0", { ...newTrain, "old.txt": "newer\n" });
  await updateUseCase(checkout, name);
  expect(existsSync(join(checkout.root, file("old.txt")))).toBe(false);
});

describe("on a machine that did not make the use case", () => {
  const elsewhere = () => {
    const home = join(checkout.home, "elsewhere");
    mkdirSync(home);
    return { root: checkout.root, home };
  };

  it("the former version comes from the platform's tag", async () => {
    git(checkout.root, ["init", "--quiet"]);
    git(checkout.root, ["add", "--all", "."]);
    git(checkout.root, ["commit", "--quiet", "-m", "Release"]);
    git(checkout.root, ["tag", "0.1.0"]);
    edit("first = 1", "first = 10");
    checkout.release("0.2.0", newTrain);
    const { from, conflicts } = await updateUseCase(elsewhere(), name);
    expect([from, conflicts]).toEqual(["0.1.0", []]);
    expect(checkout.read(train)).toBe("first = 10\nsecond = 2\nthird = 3\nfourth = 4\nfifth = 50\n");
  });

  it("and without it, nothing is changed", async () => {
    checkout.release("0.2.0", newTrain);
    const before = checkout.all();
    await expect(updateUseCase(elsewhere(), name)).rejects.toThrow(
      /the template of version 0\.1\.0, .* is not on this machine: bring in the platform's tag 0\.1\.0/,
    );
    expect(checkout.all()).toEqual(before);
  });
});

describe("refused, with nothing changed", () => {
  it.each<[string, () => void, string, RegExp]>([
    [
      "no such use case",
      () => {},
      "nothing",
      /there is no usecases\/nothing: npx ecluse new nothing makes it/,
    ],
    ["a folder beside the use cases", () => {}, "../check out", /there is no usecases\/\.\.\/check out/],
    [
      "one that was not made from the template",
      () => checkout.write("usecases/by-hand/README.md", ""),
      "by-hand",
      /by-hand\/\.copier-answers\.yml names no version \(_commit\)/,
    ],
    [
      "one that no environment's stack file lists",
      () => {
        for (const stack of ["dev", "prod", "onprem-dev", "onprem-prod", "local-dev", "local-prod"])
          checkout.write(
            `Pulumi.${stack}.yaml`,
            checkout.read(`Pulumi.${stack}.yaml`).replace(name, "other"),
          );
      },
      name,
      /no environment's stack file lists the use case: add it to ecluse:useCases of one/,
    ],
    [
      "a later version than the platform's",
      () => checkout.release("0.0.9"),
      name,
      /copier update ended with 1: .*downgrading/s,
    ],
    [
      "an ignored file where the template now has one",
      () => {
        checkout.write(file(".gitignore"), "build/\nnotes/\n");
        checkout.write(file("notes/report.txt"), "ours");
        checkout.release("0.2.0", { "notes/report.txt": "theirs" });
      },
      name,
      /usecases\/late-trains\/notes\/report\.txt is in the way of a file of the template: move it/,
    ],
  ])("%s", async (_, prepare, useCase, message) => {
    prepare();
    const before = checkout.all();
    await expect(updateUseCase(checkout, useCase)).rejects.toThrow(message);
    expect(checkout.all()).toEqual(before);
  });

  it("when it is stopped", async () => {
    checkout.release("0.2.0", newTrain);
    const before = checkout.all();
    await expect(updateUseCase(checkout, name, AbortSignal.abort())).rejects.toThrow(
      /stopped: nothing was changed/,
    );
    expect(checkout.all()).toEqual(before);
  });
});
