import { beforeAll, describe, expect, it } from "vitest";
import { recordedDigests } from "../../images/recorded";
import { isObject, type Properties, reveal, type Value } from "../../protocol/properties";
import { type Graph, graph, ofKind, textAt } from "./plan";

interface Pod {
  readonly owner: string;
  readonly spec: Properties;
  readonly containers: readonly Properties[];
}

const listOf = (value: Value | undefined) => (Array.isArray(value) ? value.filter(isObject) : []);

/** The pods that the objects of a graph would make, whatever kind of object holds the template. */
function podsOf(found: Graph): Pod[] {
  const templates = (value: Value | undefined): Properties[] => {
    if (!isObject(value)) return [];
    if (isObject(value.spec) && Array.isArray(value.spec.containers)) return [value.spec];
    return Object.values(value).flatMap(templates);
  };
  return ofKind(found).flatMap((each) =>
    templates(reveal(each.inputs)).map((spec) => ({
      owner: `${textAt(each, "metadata.namespace")}/${each.type.split(":").at(-1)}/${each.name}`,
      spec,
      containers: [...listOf(spec.containers), ...listOf(spec.initContainers)],
    })),
  );
}

const sizes: Record<string, number> = { dev: 11, prod: 10, "onprem-dev": 13, "onprem-prod": 10 };
const registries: Record<string, string> = {
  dev: "creclusedeva1.azurecr.io",
  prod: "crecluseproda1.azurecr.io",
  "onprem-dev": "registry.example.com/ecluse",
  "onprem-prod": "registry.example.com/ecluse",
};

describe.each(Object.keys(sizes))("the pods of %s", (stack) => {
  let found: Graph;
  let pods: Pod[];

  beforeAll(async () => {
    found = await graph(stack);
    pods = podsOf(found);
  }, 240_000);

  it("are all looked at", () => {
    expect(pods).toHaveLength(sizes[stack] as number);
  });

  it("run as an ordinary user under the runtime's seccomp profile, apart from the node", () => {
    for (const { owner, spec } of pods) {
      expect(spec.securityContext, owner).toEqual({
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        fsGroup: 10001,
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const shared of ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"])
        expect(spec[shared], `${owner} ${shared}`).not.toBe(true);
    }
  });

  it("can gain no privilege in any container, nor write its root", () => {
    for (const { owner, containers } of pods)
      for (const { name, securityContext, ports } of containers) {
        expect(securityContext, `${owner} ${name}`).toEqual({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          privileged: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
        });
        expect(listOf(ports).filter(({ hostPort }) => hostPort !== undefined)).toEqual([]);
      }
  });

  it("mount nothing of the node, and bound what they write", () => {
    const kinds = ["configMap", "csi", "emptyDir", "persistentVolumeClaim", "projected", "secret"];
    for (const { owner, spec } of pods)
      for (const { name, ...source } of listOf(spec.volumes)) {
        expect(kinds, `${owner} ${name}`).toContain(Object.keys(source).join());
        if (isObject(source.emptyDir))
          expect(source.emptyDir.sizeLimit, `${owner} ${name}`).toMatch(/^\d+[MG]i$/);
      }
  });

  it("say how much they need, and are ended when they take more memory or disk", () => {
    for (const { owner, containers } of pods)
      for (const { name, resources } of containers)
        expect(resources, `${owner} ${name}`).toMatchObject({
          requests: { cpu: expect.stringMatching(/^\d+m?$/), memory: expect.stringMatching(/^\d+[MG]i$/) },
          limits: {
            memory: expect.stringMatching(/^\d+[MG]i$/),
            "ephemeral-storage": expect.stringMatching(/^\d+Mi$/),
          },
        });
  });

  it("have an account of their own, whose token is not mounted by itself", () => {
    for (const { owner, spec } of pods) {
      expect(spec.automountServiceAccountToken, owner).toBe(false);
      expect(spec.serviceAccountName, owner).toMatch(/^(?!default$)[a-z-]+$/);
    }
    const accounts = ofKind(found, "ServiceAccount");
    expect(accounts.map(({ inputs }) => inputs.automountServiceAccountToken)).toEqual(
      accounts.map(() => false),
    );
  });

  it("get a token for the cluster's API only where they ask it: runners, and who checks the cluster's tokens", () => {
    // A projected token without an audience is one for the API.
    const asks = pods.filter(({ spec }) =>
      listOf(spec.volumes)
        .flatMap(({ projected }) => (isObject(projected) ? listOf(projected.sources) : []))
        .some(({ serviceAccountToken: token }) => isObject(token) && token.audience === undefined),
    );
    const own = stack.replace("onprem-", "");
    const builds = own === "dev" ? ["build runner"] : [];
    const wanted = [
      "bank-churn-ci runner",
      "bank-churn serve",
      "platform tracking",
      "release runner",
      ...builds,
    ];
    expect(asks.map(({ owner, spec }) => `${owner.split("/")[0]} ${spec.serviceAccountName}`).sort()).toEqual(
      wanted.map((each) => `${own}-${each}`).sort(),
    );
  });

  it("come from the environment's registry: by digest where the pipeline wrote one, else by a fixed tag", () => {
    const digests = recordedDigests();
    const images = new Set(pods.flatMap(({ containers }) => containers.map(({ image }) => String(image))));
    for (const image of images) {
      expect(image.startsWith(`${registries[stack]}/`), image).toBe(true);
      const [, name = "", tag, digest] = /([^/:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(image) ?? [];
      expect(digest, image).toBe(digests[name]?.digest);
      if (!digest) expect(tag, image).toMatch(/^(?!latest$)[\w.-]*\d[\w.-]*$/);
    }
  });

  it("are warned of in production, each image without a digest once, and nothing else is", () => {
    const named = found.warnings.map(
      (each) => /^images\/digests\.yaml has no digest for (\S+),/.exec(each)?.[1],
    );
    expect(new Set(named).size).toBe(named.length);
    expect(named).not.toContain(undefined);
    const unpinned = pods
      .flatMap(({ containers }) => containers.map(({ image }) => String(image)))
      .filter((image) => !image.includes("@"))
      .map((image) => /([^/:]+):[^:]+$/.exec(image)?.[1]);
    const production = stack.endsWith("prod");
    if (production) expect(named).toEqual(expect.arrayContaining(unpinned));
    else expect(named).toEqual([]);
  });
});
