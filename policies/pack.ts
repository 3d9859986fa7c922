import type {
  PolicyConfigSchema,
  PolicyResource,
  ResourceValidation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Properties } from "../engine/properties";
import type { Context } from "./context";
import { controlsOf } from "./controls";
import { judgeResource, judgeStack, levelOf } from "./judge";
import type { Resource } from "./resource";
import {
  type Parameter,
  policyName,
  type ResourceRule,
  type Rule,
  type RuleText,
  type StackRule,
} from "./rule";
import { Stack } from "./stack";
import type { Waivers } from "./waivers";

/** The inputs behind the proxy that throws at each unknown, so that a rule can call them unknown itself. */
const unwrapped = (props: Record<string, unknown>): Properties =>
  (props as { __getSpecialProxyTarget?: Properties }).__getSpecialProxyTarget ?? (props as Properties);

type Judged = ResourceValidationArgs | PolicyResource;

function fromPolicy(args: Judged, asked?: Properties): Resource {
  const { urn, type, name, props, opts } = args;
  const outputs = unwrapped(props);
  const inputs = asked ?? outputs;
  const related = "dependencies" in args ? args : undefined;
  const sources = Object.entries(related?.propertyDependencies ?? {});
  return {
    urn,
    type,
    name,
    inputs,
    outputs,
    ...(typeof outputs.id === "string" ? { id: outputs.id } : {}),
    ...(opts.parent ? { parent: opts.parent } : {}),
    ...(args.provider ? { provider: args.provider.urn } : {}),
    protect: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    // Pulumi does not tell packs of it: what rests on it is judged by the audit alone.
    replaceOnChanges: [],
    dependencies: (related?.dependencies ?? []).map((each) => each.urn),
    propertyDependencies: Object.fromEntries(
      sources.map(([key, from]) => [key, from.map((each) => each.urn)]),
    ),
  };
}

function text(rule: Rule, context: Context) {
  const { says, remediation, severity } = rule;
  return {
    name: policyName(rule),
    description: says,
    severity,
    remediationSteps: remediation,
    tags: controlsOf(rule.id).map(({ framework, id }) => `${framework}:${id}`),
    enforcementLevel: levelOf(rule, context),
    ...(rule.parameters && {
      configSchema: { properties: rule.parameters as PolicyConfigSchema["properties"] },
    }),
  };
}

/** The context with the parameters that the CLI was given (`--policy-pack-config`), over those of config.json. */
const configured = (context: Context, given: Readonly<Record<string, unknown>>): Context => ({
  ...context,
  parameter: <T extends Parameter["default"]>(rule: Pick<RuleText, "id" | "parameters">, name: string) =>
    (given[name] ?? context.parameter<T>(rule, name)) as T,
});

/** The SDK throws for each rule that does not apply, and a trace that nobody sees took a quarter of the time of all rules. */
function leftOut(args: ResourceValidationArgs, why: string): void {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    args.notApplicable(why);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function resourcePolicy(rule: ResourceRule, context: Context, waivers: Waivers): ResourceValidationPolicy {
  const validateResource: ResourceValidation & { __pulumiType?: string } = (args, report) => {
    if (!rule.types.includes(args.type)) return leftOut(args, `${rule.id} is not about ${args.type}`);
    const judged = judgeResource(rule, fromPolicy(args), configured(context, args.getConfig()));
    if (!judged)
      return leftOut(args, `${rule.id} does not apply: ${rule.rests?.(context) ?? "as it is set"}`);
    if (judged.verdict === "open") return leftOut(args, `open: ${judged.why}`);
    if (judged.verdict === "fail" && !waivers.covering(rule.id, args.urn)) report(judged.why);
  };
  // By it the server leaves out other types without reading their properties.
  if (rule.types.length === 1) validateResource.__pulumiType = rule.types[0] as string;
  return { ...text(rule, context), validateResource };
}

/** Inputs by URN. At the end Pulumi shows outputs, which every provider forms in its own way: rules are on what was asked for. */
type Asked = Map<string, Properties>;

const remember = (asked: Asked): ResourceValidationPolicy => ({
  name: "remember-what-was-asked",
  description: "Keeps what each resource was asked for until the rules on the whole; violates nothing.",
  enforcementLevel: "advisory",
  validateResource({ urn, props }) {
    asked.set(urn, unwrapped(props));
  },
});

function stackPolicy(
  rule: StackRule,
  context: Context,
  waivers: Waivers,
  asked: Asked,
): StackValidationPolicy {
  return {
    ...text(rule, context),
    validateStack: ({ resources, getConfig }, report) => {
      const stack = new Stack(
        context.stack,
        resources.map((each) => fromPolicy(each, asked.get(each.urn))),
      );
      for (const { verdict, urn, why } of judgeStack(rule, stack, configured(context, getConfig())))
        if (verdict === "fail" && !waivers.covering(rule.id, urn)) report(why, urn);
    },
  };
}

/** The rules as policies of a Pulumi pack, but for those that compare stacks, since it sees one, and those on the marks of secrets. */
export function policiesOf(rules: readonly Rule[], context: Context, waivers: Waivers) {
  const asked: Asked = new Map();
  const policies = rules.flatMap((rule): (ResourceValidationPolicy | StackValidationPolicy)[] => {
    if (rule.scope === "across" || rule.marks) return [];
    return [
      rule.scope === "stack"
        ? stackPolicy(rule, context, waivers, asked)
        : resourcePolicy(rule, context, waivers),
    ];
  });
  return [remember(asked), ...policies];
}
