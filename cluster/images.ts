import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtImages, mirroredImages } from "../components/images";
import { version } from "../components/package.json";
import { projectRoot } from "../local/home";
import { type Bases, dockerfileOf, makeBases } from "./bases";
import { go } from "./goBuild";
import { buildImage, type ImageBuild } from "./imageBuild";
import { MachineSettings } from "./machineSettings";
import {
  dnsPrograms,
  dnsRelease,
  kubernetesPrograms,
  operatorPrograms,
  operatorRelease,
  release,
} from "./programs";
import { catalogueFile, listed } from "./registry";

/** An image under the name and tag by which pods ask for it. */
export interface Tagged {
  readonly image: string;
  readonly build: ImageBuild;
}

/** An image of one program and nothing else. */
function ofProgram(name: string, tag: string, folder: string, program: string): Tagged {
  return { image: tag, build: { name, dockerfile: dockerfileOf(name), context: folder, files: [program] } };
}

/** Makes images pullable; builds each unless that was done. */
export async function listImages(images: readonly Tagged[]): Promise<void> {
  for (const { image, build } of images) {
    const layout = await buildImage(build);
    writeFileSync(catalogueFile(), JSON.stringify({ ...listed(), [image]: layout }, null, 2));
  }
}

/** What any pod needs, and the cluster's DNS. */
export async function listSystemImages(): Promise<void> {
  await listImages([
    ofProgram("pause", `pause:${release}`, await kubernetesPrograms(), "pause"),
    ofProgram("dns", `coredns:v${dnsRelease}`, await dnsPrograms(), "coredns"),
  ]);
}

/** What the operator runs, and PostgreSQL. */
export async function listDatabaseImages(): Promise<void> {
  const { DEBIAN } = await makeBases();
  const dockerfile = dockerfileOf("postgresql");
  const context = join(dockerfile, "..");
  const postgresql = { name: "postgresql", dockerfile, context, args: { DEBIAN } };
  const settings = await MachineSettings.read();
  try {
    await listImages([
      ofProgram("operator", `cloudnative-pg:${operatorRelease}`, await operatorPrograms(), "manager"),
      {
        image: `postgresql:${mirroredImages.postgresql.tag}`,
        build: { ...postgresql, volumes: settings.volumes },
      },
    ]);
  } finally {
    settings.remove();
  }
}

/** The files that a Dockerfile's ignore file admits. */
function admitted(name: string): string[] {
  const lines = readFileSync(join(projectRoot, `images/${name}/Dockerfile.dockerignore`), "utf8").split("\n");
  const patterns = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  return globSync(patterns, { cwd: projectRoot }).sort();
}

/** The arguments that a Dockerfile takes, of those there are. */
function argumentsOf(dockerfile: string, bases: Bases): Record<string, string> {
  const text = readFileSync(dockerfile, "utf8");
  return Object.fromEntries(
    Object.entries(bases).filter(([name]) => new RegExp(`^ARG ${name}=`, "m").test(text)),
  );
}

function platformBuild(name: string, bases: Bases, volumes: readonly string[]): ImageBuild {
  const dockerfile = join(projectRoot, `images/${name}/Dockerfile`);
  return {
    name,
    dockerfile,
    context: projectRoot,
    files: admitted(name),
    ignoreFile: `${dockerfile}.dockerignore`,
    args: argumentsOf(dockerfile, bases),
    volumes,
  };
}

/** Go's own caches, so that the object store's program is compiled once on this machine. */
async function goCaches(): Promise<string[]> {
  const [build = "", modules = ""] = (await go(["env", "GOCACHE", "GOMODCACHE"], projectRoot)).split("\n");
  return [`${build}:/root/.cache/go-build`, `${modules}:/go/pkg/mod`];
}

/** The platform's own images, from their Dockerfiles as they are. */
export async function listPlatformImages(names: readonly string[] = builtImages): Promise<void> {
  const bases = await makeBases();
  const settings = await MachineSettings.read();
  try {
    for (const name of names) {
      const volumes = [...settings.volumes, ...(name === "objects" ? await goCaches() : [])];
      await listImages([{ image: `${name}:${version}`, build: platformBuild(name, bases, volumes) }]);
    }
  } finally {
    settings.remove();
  }
}
