import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/analyzer_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Properties, toStruct, type Value } from "../protocol/properties";
import { Server, unary } from "../protocol/server";
import { controlsOf } from "./controls";
import type { Level } from "./judge";
import type { Pack, PolicyEntry, PolicyMessage, PolicySetting } from "./pack";
import { version } from "./package.json";
import type { Resource } from "./resource";
import { policyName, type Severity } from "./rule";

/** The name of the pack, by which the CLI shows it. */
const PACK = "ecluse";

const { ADVISORY, MANDATORY, DISABLED, REMEDIATE } = pb.EnforcementLevel;
const levels: Readonly<Record<Level, pb.EnforcementLevel>> = { advisory: ADVISORY, mandatory: MANDATORY };
// The pack repairs no resource: whoever asks for that wants at least that the violation stops the update.
const given = {
  [ADVISORY]: "advisory",
  [MANDATORY]: "mandatory",
  [DISABLED]: "disabled",
  [REMEDIATE]: "mandatory",
} as const;

const severities: Readonly<Record<Severity, pb.PolicySeverity>> = {
  low: pb.PolicySeverity.POLICY_SEVERITY_LOW,
  medium: pb.PolicySeverity.POLICY_SEVERITY_MEDIUM,
  high: pb.PolicySeverity.POLICY_SEVERITY_HIGH,
  critical: pb.PolicySeverity.POLICY_SEVERITY_CRITICAL,
};

function policyInfo({ rule, level, parameters }: PolicyEntry): pb.PolicyInfo {
  const { POLICY_TYPE_RESOURCE, POLICY_TYPE_STACK } = pb.PolicyType;
  const info = new pb.PolicyInfo()
    .setName(policyName(rule))
    .setDescription(rule.description)
    .setPolicyType(rule.scope === "resource" ? POLICY_TYPE_RESOURCE : POLICY_TYPE_STACK)
    .setEnforcementlevel(levels[level])
    .setSeverity(severities[rule.severity])
    .setRemediationSteps(rule.remediation)
    .setTagsList(controlsOf(rule.id).map(({ framework, id }) => `${framework}:${id}`));
  if (Object.keys(parameters).length === 0) return info;
  const properties = toStruct(parameters as unknown as Properties);
  return info.setConfigschema(new pb.PolicyConfigSchema().setProperties(properties));
}

function settingsOf(request: pb.ConfigureAnalyzerRequest): ReadonlyMap<string, PolicySetting> {
  const entries = request.getPolicyconfigMap().entries() as Iterable<[string, pb.PolicyConfig]>;
  return new Map(
    Array.from(entries, ([policy, config]) => [
      policy,
      {
        level: given[config.getEnforcementlevel()],
        parameters: config.getProperties()?.toJavaScript() ?? {},
      },
    ]),
  );
}

/**
 * Inputs before a step and outputs at the end come as `properties`; Pulumi does not send `replaceOnChanges` to packs.
 */
function resourceOf(message: pb.AnalyzeRequest | pb.AnalyzerResource): Resource {
  const properties = (message.getProperties()?.toJavaScript() ?? {}) as Properties;
  const options = message.getOptions();
  return {
    urn: message.getUrn(),
    type: message.getType(),
    name: message.getName(),
    inputs: properties,
    outputs: properties,
    ...textAs("id", properties.id),
    ...textAs("parent", options?.getParent()),
    ...textAs("provider", message.getProvider()?.getUrn()),
    protect: options?.getProtect() ?? false,
    ignoreChanges: options?.getIgnorechangesList() ?? [],
    replaceOnChanges: [],
    ...relationsOf(message),
  };
}

const textAs = (key: string, value: Value | undefined) =>
  typeof value === "string" && value !== "" ? { [key]: value } : {};

function relationsOf(message: pb.AnalyzeRequest | pb.AnalyzerResource) {
  if (message instanceof pb.AnalyzeRequest) return { dependencies: [], propertyDependencies: {} };
  const sources = message.getPropertydependenciesMap().entries() as Iterable<
    [string, pb.AnalyzerPropertyDependencies]
  >;
  return {
    dependencies: message.getDependenciesList(),
    propertyDependencies: Object.fromEntries(Array.from(sources, ([key, from]) => [key, from.getUrnsList()])),
  };
}

function responseOf(said: readonly PolicyMessage[]): pb.AnalyzeResponse {
  const response = new pb.AnalyzeResponse();
  for (const each of said)
    if (each.kind === "violation") response.addDiagnostics(diagnosticOf(each));
    else
      response.addNotApplicable(
        new pb.PolicyNotApplicable().setPolicyName(policyName(each.rule)).setReason(each.why),
      );
  return response;
}

function diagnosticOf({
  rule,
  level,
  urn,
  why,
}: PolicyMessage & { kind: "violation" }): pb.AnalyzeDiagnostic {
  return new pb.AnalyzeDiagnostic()
    .setPolicyname(policyName(rule))
    .setPolicypackname(PACK)
    .setPolicypackversion(version)
    .setDescription(rule.description)
    .setMessage(`${rule.description}\n${why}. ${rule.remediation}`)
    .setEnforcementlevel(levels[level])
    .setSeverity(severities[rule.severity])
    .setUrn(urn);
}

/**
 * Serves a pack to the Pulumi CLI; gives the port. It speaks the CLI's protocol itself, since `@pulumi/policy` takes
 * the marks off secrets, has one level for all stacks, and reads a resource's properties again for each rule.
 */
export async function serve(pack: Pack): Promise<string> {
  const server = new Server();
  const info = () =>
    new pb.AnalyzerInfo()
      .setName(PACK)
      .setVersion(version)
      .setSupportsconfig(true)
      .setPoliciesList(pack.policies().map(policyInfo));
  server.add(AnalyzerService, {
    getPluginInfo: unary(async () => new PluginInfo().setVersion(version)),
    getAnalyzerInfo: unary(async () => info()),
    configureStack: unary(async () => new pb.AnalyzerStackConfigureResponse()),
    configure: unary(async (request: pb.ConfigureAnalyzerRequest) => {
      pack.configure(settingsOf(request));
      return new Empty();
    }),
    remediate: unary(async () => new pb.RemediateResponse()),
    analyze: unary(async (request: pb.AnalyzeRequest) => responseOf(pack.resource(resourceOf(request)))),
    analyzeStack: unary(async (request: pb.AnalyzeStackRequest) =>
      responseOf(pack.stackOf(request.getResourcesList().map(resourceOf))),
    ),
    cancel: unary(async () => new Empty()),
  });
  await server.listen();
  return server.address.split(":").at(-1) ?? "";
}
