import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { prepareFolders, requireBounded } from "./checkout";
import { probeConfinement } from "./confine";
import { makeForge, temporaryFolder } from "./fixture";
import { git } from "./git";
import { pushBranch } from "./merge";
import { predefinedVariables } from "./predefined";
import { repositoryOf } from "./projects";
import { expandPipeline } from "./runner";
import { setVariable } from "./variables";

// What a hostile commit can hold: attributes, submodules, hooks and settings of git, odd names, and bombs.

const forge = makeForge();
const repository = repositoryOf(forge.home, forge.project);
const traces = temporaryFolder("traces-");
const trace = join(traces, "ran");
const PASSING = "unit:\n  script: ['true']\n";

afterEach(() => expect(existsSync(trace), "code of the commit ran").toBe(false));

const checkoutOf = (sha: string) =>
  prepareFolders(
    forge.home,
    join(temporaryFolder("checkout-"), "job"),
    forge.options(sha),
    forge.options(sha).forgeUrl,
  ).checkout;

/** A commit of a tree whose entries git itself would not have written: mode, type, object and name. */
function crafted(entries: readonly (readonly [mode: string, object: string, name: string])[]): string {
  const bytes = entries.map(([mode, object, name]) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(object, "hex")]),
  );
  const file = join(temporaryFolder("tree-"), "tree");
  writeFileSync(file, Buffer.concat(bytes));
  const tree = git(repository, ["hash-object", "-t", "tree", "-w", "--literally", file]);
  return git(repository, ["commit-tree", tree, "-m", "Crafted"]);
}

function blob(text: string): string {
  const file = join(temporaryFolder("blob-"), "blob");
  writeFileSync(file, text);
  return git(repository, ["hash-object", "-w", file]);
}

const treeOf = (commit: string) => git(repository, ["rev-parse", `${commit}^{tree}`]);

it("runs no filter that attributes name, not even one that the user has set up", () => {
  const home = temporaryFolder("user-");
  const filter = `[filter "evil"]\n\tclean = touch ${trace}; cat\n\tsmudge = touch ${trace}; cat\n\trequired = true\n`;
  writeFileSync(join(home, ".gitconfig"), filter);
  vi.stubEnv("HOME", home);
  const files = {
    ".gitattributes": "* filter=evil export-subst ident\n",
    "a.txt": "$Format:%H$\n",
    ".gitconfig": filter,
  };
  const checkout = checkoutOf(forge.commit(files));
  vi.unstubAllEnvs();
  expect(readFileSync(join(checkout, "a.txt"), "utf8")).toBe("$Format:%H$\n");
});

it("runs no hook and follows no setting of a pushed tree, also where it looks like a repository", async () => {
  const run = `#!/bin/sh\ntouch ${trace}\n`;
  const settings = `[core]\n\tfsmonitor = touch ${trace}\n\thooksPath = hooks\n`;
  const bare = { HEAD: "ref: refs/heads/main\n", config: settings, "objects/x": "", "refs/x": "" };
  const hooks = { "hooks/post-checkout": run, "hooks/pre-commit": run, ".githooks/post-checkout": run };
  const record = await forge.run(forge.commit({ ...bare, ...hooks, ".gitlab-ci.yml": PASSING }));
  expect(record.reason).toBeUndefined();
}, 60_000);

it("follows no setting of a repository within the folder that is pushed", () => {
  const folder = temporaryFolder("work-");
  const inner = join(folder, "inner");
  mkdirSync(inner);
  git(inner, ["init", "--quiet"]);
  git(inner, ["commit", "--quiet", "--allow-empty", "--message=One"]);
  git(inner, ["config", "core.fsmonitor", `touch ${trace}`]);
  git(inner, ["config", "filter.evil.clean", `touch ${trace}`]);
  writeFileSync(join(folder, ".gitattributes"), "* filter=evil\n");
  pushBranch({ home: forge.home, project: forge.project, folder, branch: "inner", message: "Try" });
});

it("fetches no submodule, of a file or of a command", () => {
  const modules = ["file:///etc", `ext::sh -c "touch ${trace}"`]
    .map((url, index) => `[submodule "s${index}"]\n\tpath = s${index}\n\turl = ${url}\n`)
    .join("");
  const other = git(repository, ["rev-parse", "main"]);
  const sha = crafted([
    ["100644", blob(modules), ".gitmodules"],
    ["160000", other, "s0"],
    ["160000", other, "s1"],
  ]);
  const checkout = checkoutOf(sha);
  for (const name of ["s0", "s1"]) expect(lstatSync(join(checkout, name)).isDirectory()).toBe(true);
  expect(existsSync(join(checkout, ".git", "modules"))).toBe(false);
});

it.each([".git", "..", ".GIT"])("lays out no tree with an entry %s", (name) => {
  const hooks = treeOf(crafted([["100755", blob(`#!/bin/sh\ntouch ${trace}\n`), "post-checkout"]]));
  const inner = treeOf(crafted([["40000", hooks, "hooks"]]));
  const sha = crafted([["40000", inner, name]]);
  expect(() => checkoutOf(sha)).toThrow("invalid path");
});

it("lays out nothing through a link of the tree", () => {
  const sha = crafted([
    ["120000", blob(traces), "a"],
    ["100644", blob("x"), "a/ran"],
  ]);
  try {
    checkoutOf(sha);
  } catch {} // git may refuse it or lay out one of both: what counts is that nothing was written through the link
});

it("a job of a commit with odd names runs, and hands those on", async () => {
  const odd = { "-rf": "a", "--upload-pack=x": "b", "a\nb": "c", ".gitlab-ci-local-env\n": "d", 'q"\\': "e" };
  const ci = "first:\n  script: [':']\n  artifacts: {paths: ['-rf', 'a*b', 'q*']}\n";
  const record = await forge.run(forge.commit({ ...odd, ".gitlab-ci.yml": ci }));
  expect(record.reason).toBeUndefined();
  const kept = join(forge.home, "forge", record.jobs[0]?.artifacts ?? "");
  for (const name of ["-rf", "a\nb", 'q"\\'] as const)
    expect(readFileSync(join(kept, name), "utf8")).toBe(odd[name]);
}, 60_000);

it("a job's log gives a terminal no orders, also where they would split a secret", async () => {
  const secret = "a-secret-of-dev-0123456789";
  const scope = { project: forge.project.id, environmentScope: "dev", masked: true, protected: false };
  setVariable(forge.home, { ...scope, key: "ECLUSE_DATA_URL", value: secret });
  const print = ["printf 'a\\033]52;c;Zm9v\\007b\\tc\\n'", "echo $ECLUSE_DATA_URL | sed 's/./&\\x01/g'"];
  const script = `orders:\n  environment: dev\n  script: ${JSON.stringify(print)}\n`;
  const record = await forge.run(forge.commit({ ".gitlab-ci.yml": script }));
  expect(record.reason).toBeUndefined();
  const log = readFileSync(join(forge.home, "forge", record.jobs[0]?.log ?? ""), "utf8");
  expect(log).toContain("\na]52;c;Zm9vb\tc\n");
  expect(log).toContain("\n[MASKED]\n");
  expect(log).not.toContain(secret);
}, 60_000);

it("refuses a commit whose files are too many or too large to lay out", () => {
  const sha = forge.commit({ "a.csv": "1".repeat(900), "b/c.csv": "2".repeat(200) });
  requireBounded(repository, sha, { bytes: 1_100, files: 2 });
  expect(() => requireBounded(repository, sha, { bytes: 1_100, files: 1 })).toThrow(/has 2 files, at most 1/);
  expect(() => requireBounded(repository, sha, { bytes: 1_099, files: 2 })).toThrow(
    /with b\/c.csv \(200 bytes\) its files have more than 1099 bytes; land data/,
  );
});

it("refuses a few bytes of git that stand for ten thousand million files", async () => {
  const names = [..."0123456789"];
  let tree = treeOf(crafted(names.map((name) => ["100644", blob("x"), name])));
  for (let level = 1; level < 10; level++) tree = treeOf(crafted(names.map((name) => ["40000", tree, name])));
  const sha = crafted([
    ["100644", blob(PASSING), ".gitlab-ci.yml"],
    ["40000", tree, "bomb"],
  ]);
  expect((await forge.run(sha)).reason).toMatch(/git ls-tree failed .*: it prints more than 16777216 bytes/);
}, 60_000);

/** The reason that the pipeline of these files is refused for. */
async function refusal(files: Record<string, string>): Promise<string> {
  const record = await forge.run(forge.commit(files));
  expect(record.status).toBe("failed");
  return record.reason ?? "";
}

/** Aliases of which each is ten of the one before: a million million in the end. */
const BOMB = [..."0123456789ab"]
  .map(
    (name, at, all) =>
      `.l${name}: &l${name} [${Array(10)
        .fill(at ? `*l${all[at - 1]}` : "x")
        .join(",")}]\n`,
  )
  .join("");
const include = (file: string) => `include: [{local: ${file}}]\n`;

it("refuses aliases of YAML that multiply", async () => {
  expect(await refusal({ ".gitlab-ci.yml": BOMB + PASSING })).toMatch(
    /\.gitlab-ci\.yml cannot be read: .*alias/i,
  );
  const options = forge.options(
    forge.commit({ ".gitlab-ci.yml": include("b.yml") + PASSING, "b.yml": BOMB }),
  );
  const folders = prepareFolders(
    forge.home,
    join(temporaryFolder("expand-"), "job"),
    options,
    options.forgeUrl,
  );
  const confinement = probeConfinement(options.tools.python);
  const variables = predefinedVariables(options, "0");
  const runner = {
    home: forge.home,
    confinement,
    folders,
    image: undefined,
    ports: [],
    variables,
    uid: 61_000,
  };
  await expect(expandPipeline(runner, 5)).rejects.toThrow(
    /\.gitlab-ci\.yml is not read within 5 s; its includes/,
  );
}, 60_000);

it("refuses nesting without end, in few words, and a file of megabytes", async () => {
  const reason = await refusal({ ".gitlab-ci.yml": `a: ${"[".repeat(100_000)}` });
  expect(reason).toMatch(/^\.gitlab-ci\.yml /);
  expect(reason.length).toBeLessThan(5_000);
  const large = `${PASSING}# ${"x".repeat(1 << 20)}\n`;
  expect(await refusal({ ".gitlab-ci.yml": large })).toMatch(
    /\.gitlab-ci\.yml has 10\d+ bytes, at most 1048576/,
  );
}, 60_000);

it("refuses files that include each other", async () => {
  const circle = {
    ".gitlab-ci.yml": include("a.yml") + PASSING,
    "a.yml": include("b.yml"),
    "b.yml": include("a.yml"),
  };
  expect(await refusal(circle)).toMatch(/\.gitlab-ci\.yml/);
}, 100_000);
