import { audience } from "../../../components/naming";
import { UNKNOWN, type Value } from "../../../protocol/properties";
import { gitlabType } from "../../gitlab";
import { podTypes } from "../../pods";
import { variableOf } from "../../program";
import type { Condition, ResourceRule } from "../../rule";
import { read, text } from "../../values";
import { allVerdicts, fail, type Judged, open, pass, passOn } from "../../verdict";

/** The parts of an identity's JSON that say where a server is; undefined where it cannot be read. */
const parsed = (written: Value): Value | undefined => {
  try {
    return JSON.parse(String(written)) as Value;
  } catch {
    return undefined;
  }
};

/** A value that is given, and must be one of these. */
function names(what: string, value: Value | undefined, ...allowed: readonly string[]): Judged {
  if (value === undefined) return pass;
  if (value === UNKNOWN) return open(`${what} is not known yet`);
  return allowed.includes(String(value))
    ? passOn(() => `${what} is ${value}`)
    : fail(`${what} is ${value}, and must be ${allowed.join(" or ")}`);
}

function identityNames(written: Value | undefined, environment: string, tier: string): Judged {
  if (written === undefined) return pass;
  if (written === UNKNOWN) return open("ECLUSE_IDENTITY is not known yet");
  const identity = parsed(written);
  if (identity === undefined) return fail("ECLUSE_IDENTITY cannot be read");
  const own = (["tracking", "serving"] as const).map((server) => audience(environment, server));
  return allVerdicts([
    names("environment of ECLUSE_IDENTITY", read(identity, "environment") ?? "", environment),
    names("tier of ECLUSE_IDENTITY", read(identity, "tier") ?? "", tier),
    names("audience of ECLUSE_IDENTITY", read(identity, "audience") ?? "", ...own),
  ]);
}

/** In a cluster the tracking server is a Service of the environment's own; one machine knows it by its port. */
function trackingNames(uri: Value | undefined, environment: string, inCluster: boolean): Judged {
  if (uri === undefined || !inCluster) return pass;
  if (uri === UNKNOWN) return open("MLFLOW_TRACKING_URI is not known yet");
  const [, namespace = "no namespace"] = /^https?:\/\/[^./]+\.([^./:]+)\.svc\b/.exec(String(uri)) ?? [];
  return names("the namespace of MLFLOW_TRACKING_URI", namespace, `${environment}-platform`);
}

const ciVariables = [
  gitlabType("ProjectVariable"),
  gitlabType("PipelineScheduleVariable"),
  "ecluse-local:index:CiVariable",
];
const key = "ECLUSE_ENVIRONMENT";

const namesItsOwn: Condition = ({ resource }, context) => {
  const own = context.environment;
  if (!own) return context.settings ? pass : open("no settings say which environment the stack is");
  if (ciVariables.includes(resource.type)) {
    const named = text(resource.inputs, "key") === key;
    return named ? names(key, read(resource.inputs, "value") ?? "", own.environment) : pass;
  }
  return allVerdicts([
    names(key, variableOf(resource, key), own.environment),
    identityNames(variableOf(resource, "ECLUSE_IDENTITY"), own.environment, own.tier),
    trackingNames(
      variableOf(resource, "MLFLOW_TRACKING_URI"),
      own.environment,
      podTypes.includes(resource.type),
    ),
  ]);
};

/** The rule on what workloads and pipelines are given about where they are. */
export const ownEnvironmentRules: readonly ResourceRule[] = [
  {
    id: "ENV-07",
    name: "names-its-own-environment",
    scope: "resource",
    severity: "critical",
    environments: "all",
    types: [...podTypes, "ecluse-local:index:Service", "ecluse-local:index:Task", ...ciVariables],
    description:
      "Servers, jobs and pipelines are given their own environment, its tier, its audiences and its tracking server.",
    remediation: "Let components/environment.ts name the environment; set none of these variables by hand.",
    check: namesItsOwn,
  },
];
