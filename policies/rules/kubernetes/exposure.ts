import { isObject, UNKNOWN } from "../../../protocol/properties";
import { allOf, given, implies, is, isNot, matches, set, unset } from "../../conditions";
import type { Condition, ResourceRule } from "../../rule";
import { items, read, text } from "../../values";
import { allVerdicts, fail, open, pass } from "../../verdict";

const internal = "service.beta.kubernetes.io/azure-load-balancer-internal";

/** Names of annotations differ by controller; they end alike. */
const annotations: Condition = (at) => {
  const found = read(at.value, "metadata.annotations");
  if (found === UNKNOWN) return open("metadata.annotations is not known yet");
  const entries = isObject(found) ? Object.entries(found) : [];
  const snippet = entries.find(([name]) => name.endsWith("-snippet"))?.[0];
  if (snippet) return fail(`${snippet} writes into the controller's own configuration`);
  const redirects = entries.filter(([name]) => name.endsWith("ssl-redirect"));
  if (redirects.some(([, value]) => value === UNKNOWN)) return open("ssl-redirect is not known yet");
  const on = redirects.length > 0 && redirects.every(([, value]) => value === "true");
  return on ? pass : fail('an annotation of the controller\'s ssl-redirect must be "true"');
};

const covers = (pattern: string, host: string) =>
  pattern === host || (pattern.startsWith("*.") && host.replace(/^[^.]+/, "*") === pattern);

const hostsHaveCertificates: Condition = ({ value }) => {
  const [rules, tls] = [items(value, "spec.rules"), items(value, "spec.tls")];
  const certified = tls?.flatMap((entry) => items(entry, "hosts") ?? [UNKNOWN]);
  if (!rules || !certified) return open("spec.rules or spec.tls is not known yet");
  return allVerdicts(
    rules.map((rule) => {
      if (rule === UNKNOWN || read(rule, "host") === UNKNOWN) return open("a host is not known yet");
      const host = text(rule, "host");
      if (!host) return fail("a rule without a host answers to any name");
      if (certified.some((pattern) => covers(String(pattern), host))) return pass;
      return certified.includes(UNKNOWN)
        ? open("the hosts of spec.tls are not known yet")
        : fail(`spec.tls does not name ${host}`);
    }),
  );
};

const releases = {
  id: "K8S-25",
  parameters: {
    repositories: {
      type: "array",
      items: { type: "string" },
      description:
        "Addresses that charts come from, as in docs/kubernetes.md; every path below one is allowed.",
      default: [
        "oci://ghcr.io/prometheus-community/charts",
        "oci://ghcr.io/traefik/helm",
        "oci://quay.io/jetstack/charts",
      ],
    },
  },
} as const;

const ofKnownRepository = given(
  releases,
  "repositories",
  (known: readonly string[]): Condition =>
    ({ value }) => {
      const source = read(value, "repositoryOpts.repo") ?? read(value, "chart");
      if (source === UNKNOWN) return open("where the chart comes from is not known yet");
      return known.some((address) => `${source}/`.startsWith(address.replace(/\/?$/, "/")))
        ? pass
        : fail("the chart comes from none of the rule's repositories");
    },
);

const common = { scope: "resource", environments: "all" } as const;

/** Rules on what a cluster shows of itself, and on what is hidden in charts. */
export const clusterExposureRules: readonly ResourceRule[] = [
  {
    ...common,
    id: "K8S-21",
    name: "ingress-by-tls-only",
    severity: "high",
    types: ["kubernetes:networking.k8s.io/v1:Ingress"],
    description: "Every host is shown by TLS, by a named controller whose configuration stays its own.",
    remediation:
      "Make it by components/kubernetes/ingress.ts: ingressClassName, tls for each host, ssl-redirect.",
    deviation:
      "Rules without a host and a default backend fail too: they would answer to names that no certificate is for.",
    check: allOf(
      set("spec.ingressClassName"),
      set("spec.rules"),
      unset("spec.defaultBackend"),
      hostsHaveCertificates,
      annotations,
    ),
  },
  {
    ...common,
    id: "K8S-22",
    name: "services-stay-inside",
    severity: "high",
    types: ["kubernetes:core/v1:Service"],
    description: "No Service is reached from outside of the network.",
    remediation: "Use type ClusterIP, and an Ingress for what is shown (components/kubernetes/ingress.ts).",
    check: allOf(
      isNot("spec.type", "NodePort"),
      implies(is("spec.type", "LoadBalancer"), is(`metadata.annotations.[${internal}]`, "true")),
      unset("spec.externalIPs"),
    ),
  },
  {
    ...common,
    ...releases,
    name: "charts-pinned",
    severity: "medium",
    types: ["kubernetes:helm.sh/v3:Release"],
    description: "A Helm release, which rules cannot look into, is of one version and from a known place.",
    remediation:
      "Use helm.sh/v4.Chart, whose objects are judged; or set an exact version, and list the repository " +
      "in policies/config.json.",
    check: allOf(matches("version", /^v?\d+\.\d+\.\d+([-+].+)?$/, "one exact version"), ofKnownRepository),
  },
];
