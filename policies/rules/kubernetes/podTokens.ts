import { audience } from "../../../components/naming";
import { UNKNOWN, type Value } from "../../../protocol/properties";
import type { Context } from "../../context";
import { jobTypes, podTypes, templateOf } from "../../pods";
import type { Resource } from "../../resource";
import type { Finding, Rule, RuleText } from "../../rule";
import type { Stack } from "../../stack";
import { items, read, text } from "../../values";
import { allVerdicts, fail, type Judged, open, pass, passOn } from "../../verdict";

const lifetimes = {
  id: "K8S-30",
  parameters: {
    seconds: {
      type: "number",
      description: "Seconds for which a server's token holds, at most.",
      default: 3600,
    },
    jobSeconds: { type: "number", description: "The same of a job's token.", default: 86_400 },
    audiences: {
      type: "array",
      items: { type: "string" },
      description: "Audiences that tokens may have, beside those of the environment's own servers.",
      default: [],
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const rbac = "kubernetes:rbac.authorization.k8s.io/v1";

/** The ServiceAccounts that may do anything at the cluster's API. */
const bound = (stack: Stack) =>
  stack
    .of(`${rbac}:RoleBinding`, `${rbac}:ClusterRoleBinding`)
    .flatMap(({ inputs }) => items(inputs, "subjects") ?? [])
    .map((subject) => `${text(subject, "namespace")}/${text(subject, "name")}`);

const tokensOf = (workload: Resource) =>
  (items(workload.inputs, `${templateOf(workload.type)}spec.volumes`) ?? [])
    .flatMap((volume) => items(volume, "projected.sources") ?? [])
    .flatMap((source) => read(source, "serviceAccountToken") ?? []);

function short(token: Value, most: number): Judged {
  const seconds = read(token, "expirationSeconds");
  if (seconds === UNKNOWN) return open("expirationSeconds is not known yet");
  return typeof seconds === "number" && seconds <= most
    ? passOn(() => `it holds for ${seconds} s`)
    : fail(`a token holds for ${seconds ?? 3600} s, and may for ${most}`);
}

function forOne(token: Value, allowed: readonly string[]): Judged {
  const meant = read(token, "audience");
  if (meant === UNKNOWN) return open("audience is not known yet");
  return meant === undefined || allowed.includes(String(meant))
    ? pass
    : fail(`a token is for ${meant}, and may be for ${allowed.join(" or ")}`);
}

/** A token for the cluster's API is held once, by an account that has rights there. */
function forApi(stack: Stack, workload: Resource, tokens: readonly Value[]): Judged {
  const open = tokens.filter((token) => read(token, "audience") === undefined);
  const account = text(workload.inputs, `${templateOf(workload.type)}spec.serviceAccountName`);
  const name = `${text(workload.inputs, "metadata.namespace")}/${account}`;
  if (open.length > 1) return fail("two tokens have no audience, and so are for the cluster's API");
  return open.length === 0 || bound(stack).includes(name)
    ? pass
    : fail(`a token has no audience, and ${name} has no rights at the cluster's API`);
}

function* judgeTokens(stack: Stack, context: Context): Iterable<Finding> {
  const parameter = <T extends number | readonly string[]>(name: string) =>
    context.parameter<T>(lifetimes, name);
  const environment = context.environment?.environment;
  const own = environment
    ? (["tracking", "serving"] as const).map((server) => audience(environment, server))
    : [];
  for (const workload of stack.of(...podTypes)) {
    const tokens = tokensOf(workload);
    if (tokens.length === 0) continue;
    const most = parameter<number>(
      (jobTypes as readonly string[]).includes(workload.type) ? "jobSeconds" : "seconds",
    );
    const allowed = [...own, ...parameter<readonly string[]>("audiences")];
    const each = tokens.flatMap((token) => [short(token, most), forOne(token, allowed)]);
    yield { urn: workload.urn, ...allVerdicts([...each, forApi(stack, workload, tokens)]) };
  }
}

/** The rule on the tokens that pods hold. */
export const podTokenRules: readonly Rule[] = [
  {
    ...lifetimes,
    name: "tokens-short-and-for-one",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "A pod's token holds an hour, a job's a day, and is for one server of its own environment.",
    remediation:
      "Ask for the token as components/kubernetes/pod.ts does: expirationSeconds, and audience of naming.ts.",
    check: judgeTokens,
  },
];
