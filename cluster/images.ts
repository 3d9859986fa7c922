import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtImages, mirroredImages } from "../components/images";
import { version } from "../components/package.json";
import { projectRoot } from "../local/home";
import { type Bases, dockerfileOf, makeBases } from "./bases";
import { go } from "./goBuild";
import { buildImage, buildLocal, type ImageBuild } from "./imageBuild";
import { MachineSettings } from "./machineSettings";
import {
  dnsPrograms,
  dnsRelease,
  ingressPrograms,
  ingressRelease,
  kubernetesPrograms,
  loginPrograms,
  loginRelease,
  operatorPrograms,
  operatorRelease,
  policyPrograms,
  release,
} from "./programs";
import { type Catalogue, catalogueFile, listed } from "./registry";

/** An image under the name and tag by which pods ask for it. */
export interface Tagged {
  readonly image: string;
  readonly build: ImageBuild;
}

/** An image of one program and nothing else. */
function ofProgram(name: string, tag: string, folder: string, program: string): Tagged {
  return { image: tag, build: { name, dockerfile: dockerfileOf(name), context: folder, files: [program] } };
}

/** Builds images, each unless that was done; gives where each is. */
export async function buildImages(images: readonly Tagged[]): Promise<Catalogue> {
  const found: Record<string, string> = {};
  for (const { image, build } of images) found[image] = await buildImage(build);
  return found;
}

/** Makes built images pullable. */
export function listImages(found: Catalogue): void {
  writeFileSync(catalogueFile(), JSON.stringify({ ...listed(), ...found }, null, 2));
}

/** What any pod needs, the cluster's DNS and ingress controller, the operator of PostgreSQL, and the login proxy. */
async function systemImages(): Promise<Tagged[]> {
  return [
    ofProgram("pause", `pause:${release}`, await kubernetesPrograms(), "pause"),
    ofProgram("dns", `coredns:v${dnsRelease}`, await dnsPrograms(), "coredns"),
    ofProgram("operator", `cloudnative-pg:${operatorRelease}`, await operatorPrograms(), "manager"),
    ofProgram("oauth2-proxy", `oauth2-proxy:${loginRelease}`, await loginPrograms(), "oauth2-proxy"),
    ofProgram("traefik", `traefik:${ingressRelease}`, await ingressPrograms(), "traefik"),
  ];
}

function databaseImage({ DEBIAN }: Bases, volumes: readonly string[]): Tagged {
  const dockerfile = dockerfileOf("postgresql");
  const context = join(dockerfile, "..");
  const build = { name: "postgresql", dockerfile, context, args: { DEBIAN }, volumes };
  return { image: `postgresql:${mirroredImages.postgresql.tag}`, build };
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
async function platformImages(bases: Bases, volumes: readonly string[]): Promise<Tagged[]> {
  const caches = await goCaches();
  return builtImages.map((name) => ({
    image: `${name}:${version}`,
    build: platformBuild(name, bases, [...volumes, ...(name === "objects" ? caches : [])]),
  }));
}

/** Builds what needs the bases, and the registries of this machine. */
async function withMachine<T>(build: (bases: Bases, volumes: readonly string[]) => Promise<T>): Promise<T> {
  const bases = await makeBases();
  const settings = await MachineSettings.read();
  try {
    return await build(bases, settings.volumes);
  } finally {
    settings.remove();
  }
}

/** PostgreSQL and the platform's own images. */
const buildDebianImages = (): Promise<Catalogue> =>
  withMachine(async (bases, volumes) =>
    buildImages([databaseImage(bases, volumes), ...(await platformImages(bases, volumes))]),
  );

/** Builds an image on the platform's `python-base`; gives the folder with its OCI layout. */
export const buildOnPython = (build: ImageBuild): Promise<string> =>
  withMachine(async (bases, volumes) => {
    const ECLUSE_BASE = await buildLocal(platformBuild("python-base", bases, volumes));
    const args = { ...build.args, ECLUSE_BASE };
    return buildImage({ ...build, args, volumes: [...volumes, ...(build.volumes ?? [])] });
  });

/** Builds every program and image of the cluster and of the platform, each unless that was done. */
export async function buildAll(): Promise<Catalogue> {
  // At the same time: compilers take the cores, and images wait for the network most of the time.
  const programs = policyPrograms().then(systemImages).then(buildImages);
  const [system, others] = await Promise.all([programs, buildDebianImages()]);
  return { ...system, ...others };
}
