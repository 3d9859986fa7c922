import { isImageName } from "../../../components/images";
import { recordedDigests } from "../../../images/recorded";
import { parseUrn } from "../../../protocol/urn";
import { allOf, anyOf, holds, inProduction, is, matches, not, unset } from "../../conditions";
import type { Context } from "../../context";
import { inContainers, inPod, podTypes } from "../../pods";
import type { Resource } from "../../resource";
import type { Condition, Finding, Rule, RuleText } from "../../rule";
import type { Stack } from "../../stack";
import { text } from "../../values";
import { fail, type Judged, open, pass, passOn } from "../../verdict";

const digests = recordedDigests();
const database = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const registryType = "azure-native:containerregistry:Registry";
const where = "components/images.ts";
const images = { scope: "resource", types: [...podTypes, database] } as const;

/** A condition on the reference of every image that a workload runs. */
const perImage =
  (condition: (path: string) => Condition): Condition =>
  (at, context) =>
    (at.resource.type === database ? condition("spec.imageName") : inContainers(condition("image")))(
      at,
      context,
    );

const byDigest = (path: string) => matches(path, /@sha256:[0-9a-f]{64}$/, "pinned by digest");
const byTag = (path: string) =>
  matches(path, /^[^@]*:(?!latest$)[\w][\w.-]*$/, "pinned by digest, or by a tag other than latest");

/** Why a plan cannot decide about an image, and what decides it. */
const undecided = (name: string) =>
  `images/digests.yaml has no digest of ${name} yet: run the platform's pipeline on main, merge its merge request of ` +
  "digests, and audit again; a state decides it too";

/**
 * The platform's own images have no digest before its pipeline has built them: a plan cannot say which, and `up`
 * refuses to go on.
 */
const awaitsDigest =
  (path: string): Condition =>
  ({ value }, { state }) => {
    const name = /([^/:@]+):(?!latest$)[^/@]+$/.exec(text(value, path) ?? "")?.[1];
    return !state && name && isImageName(name) && !(name in digests)
      ? open(undecided(name))
      : fail("it is no image that waits for the pipeline");
  };

const registries = {
  id: "SC-02",
  parameters: {
    registries: {
      type: "array",
      items: { type: "string" },
      description: "Registries, with paths, to pull from beside the environment's own.",
      default: [],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

/** The registries that an environment pulls from: its own, or the one of its settings. */
function allowed(stack: Stack, context: Context): readonly string[] {
  const own = stack.of(registryType).map(({ inputs }) => `${text(inputs, "registryName")}.azurecr.io`);
  const given = context.environment?.cluster?.imageRegistry;
  return [
    ...own,
    ...(given ? [given] : []),
    ...context.parameter<readonly string[]>(registries, "registries"),
  ];
}

/**
 * Makers of what can be no reference to an image, so that one that is not known yet comes from the registry beside
 * them.
 */
const nameNoImage = /^(azure-native|kubernetes|random|tls|gitlab):/;

/**
 * An image that is not known yet is the own registry's where nothing else that the workload refers to could name one.
 */
function ofRegistry(stack: Stack, workload: Resource): Judged | undefined {
  const sources = stack.sources(workload, "spec");
  const registry = sources.find(({ type }) => type === registryType);
  return registry && sources.every(({ type }) => nameNoImage.test(type))
    ? passOn(() => `images come from ${parseUrn(registry.urn).name}`)
    : undefined;
}

function* fromOwnRegistries(stack: Stack, context: Context): Iterable<Finding> {
  const prefixes = allowed(stack, context).map((registry) => `${registry}/`);
  const within = (path: string) =>
    holds(
      path,
      (image) => prefixes.some((each) => String(image).startsWith(each)),
      `from ${prefixes.join(" or ")}`,
    );
  for (const resource of stack.of(...images.types)) {
    const judged = perImage(within)({ value: resource.inputs, resource }, context);
    const inferred = judged.verdict === "open" ? ofRegistry(stack, resource) : undefined;
    yield { urn: resource.urn, ...(inferred ?? judged) };
  }
}

/** Providers by URN: those that resources name, and those that the stack has. */
const providersOf = ({ resources }: Stack): ReadonlySet<string> =>
  new Set(
    resources.flatMap(({ type, urn, provider }) => [
      ...(type.startsWith("pulumi:providers:") ? [urn] : []),
      ...(provider ? [provider.slice(0, provider.lastIndexOf("::"))] : []),
    ]),
  );

function* explicitProviders(stack: Stack): Iterable<Finding> {
  for (const urn of providersOf(stack)) {
    const { type, name } = parseUrn(urn);
    // The engine's own, which reads stack references.
    if (type === "pulumi:providers:pulumi") continue;
    const why = "it is a default provider, which takes the operator's own login and context";
    yield { urn, ...(/^default(_|$)/.test(name) ? fail(why) : pass) };
  }
}

/** Rules on what runs, where it comes from, and who made it. */
export const supplyChainRules: readonly Rule[] = [
  {
    ...images,
    id: "SC-01",
    name: "images-pinned",
    severity: "high",
    environments: "production",
    description: "Production runs images by digest, and nobody runs a tag that moves.",
    remediation:
      "Run the platform's pipeline, which writes images/digests.yaml; never write a digest by hand.",
    deviation:
      "Also the image of PostgreSQL, which an operator runs. In a plan, an image of the platform's that " +
      "no pipeline has built yet is open: an update of production refuses it (components/images.ts), and " +
      "in a state it is a violation.",
    check: perImage((path) =>
      anyOf(
        awaitsDigest(path),
        byDigest(path),
        allOf(not(inProduction, "production runs digests"), byTag(path)),
      ),
    ),
  },
  {
    ...registries,
    name: "own-registries",
    scope: "stack",
    severity: "critical",
    environments: "all",
    description: "Images come from the environment's own registry or from one that was allowed.",
    remediation:
      `List the image in ${where}, from which the pipeline copies it; another registry goes into ` +
      "ecluse:cluster.imageRegistry.",
    deviation:
      "A plan does not know an image of the registry that it makes: it passes where the workload refers " +
      "to that registry, and to nothing else that could name an image.",
    check: fromOwnRegistries,
  },
  {
    id: "SC-03",
    name: "fresh-pulls-by-identity",
    scope: "resource",
    types: podTypes,
    severity: "low",
    environments: "all",
    description: "An image by tag is pulled each time, and by the node's identity.",
    remediation: "Leave imagePullPolicy to components/kubernetes/pod.ts, and imagePullSecrets out.",
    check: allOf(
      inContainers(anyOf(byDigest("image"), is("imagePullPolicy", "Always"))),
      inPod(unset("imagePullSecrets")),
    ),
  },
  {
    id: "SC-05",
    name: "explicit-providers",
    scope: "stack",
    severity: "medium",
    environments: "all",
    description: "Every resource names its provider, so that none takes the operator's login by accident.",
    remediation:
      'Keep pulumi:disable-default-providers: ["*"] in the stack\'s file, and hand the provider in.',
    deviation: "Versions show in no plan: package-lock.json pins each provider, with its hash.",
    check: explicitProviders,
  },
];
