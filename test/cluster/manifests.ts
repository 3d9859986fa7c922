import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { KubernetesObject } from "../../cluster/client";

/** The objects that `ecluse render` wrote into a folder, in the order to apply them. */
export function readManifests(folder: string): KubernetesObject[] {
  const files = readdirSync(folder).filter((name) => /^\d+-.*\.yaml$/.test(name));
  return files.sort().map((name) => parse(readFileSync(join(folder, name), "utf8")));
}

type Json = Record<string, unknown>;

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null;

/** Every pod template below `value`, whatever kind of object holds it. */
function templates(value: unknown): Json[] {
  if (!isRecord(value)) return [];
  const isTemplate = isRecord(value.spec) && Array.isArray(value.spec.containers);
  return isTemplate ? [value] : Object.values(value).flatMap(templates);
}

/** The pods that a controller would make of the objects, one of each template, in their namespaces. */
export function podsOf(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.flatMap((object) =>
    templates(object).map((template) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        ...(template.metadata as Json),
        name: object.metadata.name,
        namespace: object.metadata.namespace,
      },
      spec: template.spec,
    })),
  );
}

/** One way to make a pod less safe, and what Pod Security admission says of it. */
export interface Weakness {
  readonly name: string;
  readonly complaint: RegExp;
  weaken(pod: KubernetesObject): void;
}

/** What level `restricted` must refuse. */
export const weaknesses: readonly Weakness[] = [
  {
    name: "privileged",
    complaint: /violates PodSecurity.*privileged/,
    weaken: ({ spec }) => Object.assign(context(spec), { privileged: true, allowPrivilegeEscalation: true }),
  },
  {
    name: "root",
    complaint: /violates PodSecurity.*runAsNonRoot != true.*runAsUser=0/,
    weaken({ spec }) {
      Object.assign(context(spec), { runAsUser: 0, runAsNonRoot: false });
    },
  },
  {
    name: "a folder of the host",
    complaint: /violates PodSecurity.*hostPath/,
    weaken({ spec }) {
      spec.volumes = [...(spec.volumes ?? []), { name: "host", hostPath: { path: "/" } }];
    },
  },
  {
    name: "an added capability",
    complaint: /violates PodSecurity.*unrestricted capabilities/,
    weaken: ({ spec }) =>
      Object.assign(context(spec), { capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] } }),
  },
];

/** The security context of a pod's first container. */
function context(spec: KubernetesObject["spec"]): Json {
  spec.containers[0].securityContext ??= {};
  return spec.containers[0].securityContext;
}

/** A pod with one weakness more. */
export function weakened(pod: KubernetesObject, weakness: Weakness): KubernetesObject {
  const copy = structuredClone(pod);
  weakness.weaken(copy);
  return copy;
}
