import { namespaces } from "../../../components/naming";
import { UNKNOWN, type Value } from "../../../protocol/properties";
import type { Context } from "../../context";
import type { Resource } from "../../resource";
import type { Finding, Rule, RuleText } from "../../rule";
import { servicesOf } from "../../selectors";
import type { Stack } from "../../stack";
import { items, read, text } from "../../values";
import { allVerdicts, fail, type Judged, open, pass, passOn } from "../../verdict";
import { loginProxy, modelServer, type Role, workloads } from "../../workloads";

const paths = {
  id: "K8S-31",
  parameters: {
    paths: {
      type: "array",
      items: { type: "string" },
      description: "Paths of a model server that are shown outside of the cluster.",
      default: ["/score", "/labels", "/champion", "/openapi.json", "/docs"],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

/** `<namespace>/<name>` of the Services before the workloads of a role. */
const servicesBefore = (stack: Stack, role: Role, context: Context): readonly string[] =>
  workloads(stack, role, context)
    .flatMap((server) => servicesOf(stack, server))
    .map(({ inputs }) => `${text(inputs, "metadata.namespace")}/${text(inputs, "metadata.name")}`);

function exact(path: Value, allowed: readonly string[]): Judged {
  const [shown, type] = [read(path, "path"), read(path, "pathType")];
  if (shown === UNKNOWN || type === UNKNOWN) return open("a path is not known yet");
  return type === "Exact" && allowed.includes(String(shown))
    ? passOn(() => `it shows ${shown}`)
    : fail(
        `it shows ${type ?? "any"} ${shown ?? "/"} of a model server, and may show exactly ${allowed.join(", ")}`,
      );
}

function* leadToDoors(stack: Stack, context: Context): Iterable<Finding> {
  const [proxies, servers] = [loginProxy, modelServer].map((role) => servicesBefore(stack, role, context));
  const allowed = context.parameter<readonly string[]>(paths, "paths");
  const judge = (ingress: Resource, path: Value): Judged => {
    const name = read(path, "backend.service.name");
    if (path === UNKNOWN || name === UNKNOWN) return open("a backend is not known yet");
    const service = `${text(ingress.inputs, "metadata.namespace")}/${name}`;
    if (servers?.includes(service)) return exact(path, allowed);
    return proxies?.includes(service)
      ? passOn(() => `${name} is the login proxy`)
      : fail(`${name} is neither the login proxy nor a model server`);
  };
  for (const ingress of stack.of("kubernetes:networking.k8s.io/v1:Ingress")) {
    const all = (items(ingress.inputs, "spec.rules") ?? [UNKNOWN]).flatMap((rule) =>
      rule === UNKNOWN ? [UNKNOWN] : (items(rule, "http.paths") ?? [UNKNOWN]),
    );
    yield { urn: ingress.urn, ...allVerdicts(all.map((path) => judge(ingress, path))) };
  }
}

const postgresql = 5432;
const opens = (rule: Value) => {
  const ports = items(rule, "ports") ?? [];
  const first = (port: Value) => Number(read(port, "port"));
  const last = (port: Value) => Number(read(port, "endPort") ?? read(port, "port"));
  return ports.length === 0 || ports.some((port) => first(port) <= postgresql && postgresql <= last(port));
};

const nameLabel = "namespaceSelector.matchLabels.[kubernetes.io/metadata.name]";
/** The namespaces of this environment that a rule lets in; others are of operators, which K8S-18 knows. */
const letIn = (rule: Value, environment: string) =>
  (items(rule, "from") ?? []).flatMap((peer) => {
    const name = text(peer, nameLabel);
    return name?.startsWith(`${environment}-`) ? [name] : [];
  });

/** Only namespaces of the platform speak with PostgreSQL: code of use cases does by the tracking server. */
function ofPlatform({ inputs }: Resource, environment: string): Judged {
  const { platform, data } = namespaces(environment);
  const own = text(inputs, "metadata.namespace") ?? "default";
  const [ingress, egress] = ["ingress", "egress"].map((way) => items(inputs, `spec.${way}`));
  if (!ingress || !egress) return open("its rules are not known yet");
  if (own !== platform && own !== data)
    return egress.some(opens) ? fail(`pods of ${own} may reach port ${postgresql}`) : pass;
  const strangers = ingress
    .filter((rule) => own === data && opens(rule))
    .flatMap((rule) => letIn(rule, environment))
    .filter((name) => name !== platform && name !== data);
  return strangers.length > 0 ? fail(`pods of ${strangers.join(" and ")} may reach PostgreSQL`) : pass;
}

function* databaseClients(stack: Stack, context: Context): Iterable<Finding> {
  const environment = context.environment?.environment;
  for (const policy of stack.of("kubernetes:networking.k8s.io/v1:NetworkPolicy"))
    yield {
      urn: policy.urn,
      ...(environment
        ? ofPlatform(policy, environment)
        : open("no settings say which environment the stack is")),
    };
}

/** Rules on which doors a cluster's servers have, to the outside and inside of it. */
export const doorRules: readonly Rule[] = [
  {
    ...paths,
    name: "ingress-by-the-doors",
    scope: "stack",
    severity: "critical",
    environments: "all",
    description:
      "An Ingress leads to the login proxy, or to exactly those paths of a model server that are for callers.",
    remediation:
      "Show the proxy's Service (components/kubernetes/login.ts), and of a server the paths of serving.ts.",
    check: leadToDoors,
  },
  {
    id: "K8S-32",
    name: "database-for-the-platform",
    scope: "stack",
    severity: "critical",
    environments: "all",
    description: "No NetworkPolicy opens a way from a use case's or a runner's pods to PostgreSQL.",
    remediation: "Leave port 5432 to the namespace of the platform (components/kubernetes/tracking.ts).",
    check: databaseClients,
  },
];
