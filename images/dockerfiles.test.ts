import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { builtImages } from "../components/images";
import pods from "../test/processes/pods.json";

const root = join(__dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The instructions of a Dockerfile, continued lines joined. */
function instructions(image: string): { word: string; rest: string }[] {
  const text = read(`images/${image}/Dockerfile`)
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n/g, " ");
  const lines = text.split("\n").filter((line) => line.trim());
  return lines.map((line) => ({
    word: line.split(" ", 1)[0] as string,
    rest: line.replace(/^\w+ +/, "").replace(/ +/g, " "),
  }));
}

const of = (image: string, word: string) =>
  instructions(image).flatMap((one) => (one.word === word ? [one.rest] : []));

/** What the build takes from the checkout. */
const sources = (image: string) =>
  of(image, "COPY")
    .filter((rest) => !rest.includes("--from="))
    .map((rest) => rest.split(" ").filter((word) => !word.startsWith("--"))[0] as string);

/** The Python packages that the build is given, of those in `python/`. */
const packages = (image: string) =>
  names(`images/${image}/Dockerfile.dockerignore`).flatMap(
    (line) => /^!python\/(ecluse_[a-z]+)\/\*\.py$/.exec(line)?.[1] ?? [],
  );

/** What else the build is given: the monitor fills a page, which the other images that have its code never make. */
const pages = (image: string) => (image === "monitor" ? ["python/ecluse_monitor/*.html"] : []);

/** Versions by package, each with its hashes counted. */
function lockOf(path: string): Map<string, string> {
  const entries = read(path)
    .split(/\n(?=[a-z0-9])/)
    .filter((entry) => entry.includes("=="));
  for (const entry of entries)
    expect(entry, `${path} has a package without a hash`).toContain("--hash=sha256:");
  return new Map(
    entries.map((entry) => (/^(\S+)==(\S+)/.exec(entry) as RegExpExecArray).slice(1, 3) as [string, string]),
  );
}

/** The lines of a list without comments, and those of another list that a line names by `-r`. */
const names = (path: string): string[] =>
  read(path)
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .flatMap((line) =>
      line.startsWith("-r ") ? names(join(path, "..", line.slice(3))) : [line.replace(/(\[|==).*/, "")],
    );

describe.each(builtImages)("images/%s", (image) => {
  it("pins what it is made from", () => {
    const stages = of(image, "FROM").map((rest) => / AS (\w+)$/.exec(rest)?.[1]);
    const versions = new Map(of(image, "ARG").map((rest) => rest.split("=") as [string, string]));
    for (const rest of of(image, "FROM")) {
      const base = rest.split(" ")[0] as string;
      expect(base).toMatch(/^\$\{[A-Z]+\}$/);
      expect(versions.get(base.slice(2, -1))).toMatch(/^[a-z0-9./-]+:\d+\.\d+/);
    }
    for (const [name, value] of versions) if (name !== "VERSION") expect(value).toMatch(/\d+\.\d+/);
    for (const from of of(image, "COPY").flatMap((rest) => /--from=(\w+)/.exec(rest)?.[1] ?? []))
      expect(stages).toContain(from);
  });

  it("runs as 10001 and leaves probes, downloads and secrets to others", () => {
    expect(of(image, "USER")).toEqual([image === "python-base" ? "10001" : "10001:10001"]);
    for (const word of ["ADD", "HEALTHCHECK", "VOLUME", "EXPOSE"]) expect(of(image, word)).toEqual([]);
    expect(of(image, "RUN").join("\n")).not.toMatch(/curl|wget|chmod 777|sudo|--trusted-host/);
    expect([...of(image, "ENV"), ...of(image, "ARG")].join("\n")).not.toMatch(/PASSWORD|TOKEN|SECRET|KEY/);
  });

  it("says what it is, of which commit", () => {
    const label = of(image, "LABEL").join(" ");
    expect(label).toContain(`org.opencontainers.image.title="ecluse-${image}"`);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's own
    expect(label).toContain('org.opencontainers.image.revision="${VERSION}"');
  });

  it("is given what it copies, and neither tests nor anything else", () => {
    const [everything, ...rest] = names(`images/${image}/Dockerfile.dockerignore`);
    const allowed = rest.map((line) => line.replace(/^!/, ""));
    expect(everything).toBe("*");
    for (const line of rest) expect(line).toMatch(/^!/);
    const locks = sources(image).filter((path) => path !== "python");
    expect(allowed.filter((line) => !line.startsWith("python/"))).toEqual(locks);
    expect([...packages(image).map((name) => `python/${name}/*.py`), ...pages(image)]).toEqual(
      allowed.filter((line) => line.startsWith("python/")),
    );
    expect(packages(image).length > 0).toBe(sources(image).includes("python"));
    for (const path of [...locks, ...packages(image).map((name) => `python/${name}/__init__.py`)])
      expect(existsSync(join(root, path)), path).toBe(true);
  });
});

describe.each([
  ["mlflow", "tracking"],
  ["serving", "serve"],
  ["monitor", "monitor"],
] as const)("images/%s, which is a pod's", (image, role) => {
  it("starts what its pod starts, from a module that is there", () => {
    const words = [...of(image, "ENTRYPOINT"), ...of(image, "CMD")].flatMap(
      (list) => JSON.parse(list) as string[],
    );
    expect(words).toEqual(pods[role].command);
    const path = (words[2] as string).replace(".", "/");
    expect(packages(image)).toContain(path.split("/")[0]);
    const found = [`${path}.py`, `${path}/__main__.py`].some((file) =>
      existsSync(join(root, "python", file)),
    );
    expect(found, path).toBe(true);
  });
});

describe.each(["mlflow", "serving", "monitor", "release"])("images/%s, which has Python", (image) => {
  it("installs wheels by hash only, in the repository's own versions, compiled", () => {
    const install = of(image, "RUN").find((rest) => rest.includes("uv pip sync"));
    expect(install).toContain("--require-hashes --only-binary :all: /opt/requirements.lock");
    expect(of(image, "ENV").join(" ")).toContain("UV_COMPILE_BYTECODE=1");
    expect(of(image, "RUN").join(" ")).toContain("compileall");
    const [own, all] = [lockOf(`images/${image}/requirements.lock`), lockOf("requirements.lock")];
    for (const [name, version] of own) expect(all.get(name), name).toBe(version);
    for (const name of names(`images/${image}/requirements.in`)) expect(own.has(name), name).toBe(true);
  });
});

it("the tracking server's image leaves out what it never imports, the model server's and monitor's MLflow", () => {
  const lock = lockOf("images/mlflow/requirements.lock");
  for (const name of names("images/mlflow/excludes.txt")) expect(lock.has(name), name).toBe(false);
  for (const image of ["serving", "monitor"])
    expect([...lockOf(`images/${image}/requirements.lock`).keys()].join(" ")).not.toContain("mlflow");
});
