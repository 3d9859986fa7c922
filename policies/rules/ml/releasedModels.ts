import { ciPrincipal, platformPath } from "../../../components/naming";
import { UNKNOWN, type Value } from "../../../protocol/properties";
import { allOf, anyOf, is, isNot, matches, matchesNot, not, unset } from "../../conditions";
import type { Context } from "../../context";
import { hasVariable, inProgram, runs, variableOf } from "../../program";
import { judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, Rule } from "../../rule";
import { items, text } from "../../values";
import { allVerdicts, fail, type Judged, open, pass } from "../../verdict";
import { grantsMaker, modelServer, onEach } from "../../workloads";

const on = /^(true|1)$/i;
const own = runs(/\becluse_serving\b/);
const named = (name: string) => inProgram(matches(`env.${name}`, /./, "set"));
const signed = allOf(own, hasVariable("ECLUSE_SIGNING_PUBLIC_KEY"));

// A model that is hostile runs beside what its server holds.
const signsNothing = not(hasVariable("ECLUSE_SIGNING_KEY"), "it holds the key that signs models");

function grantsOf(written: Value): readonly Value[] {
  try {
    return items(JSON.parse(String(written)) as Value, "grants") ?? [];
  } catch {
    return [];
  }
}

/** Roles of machines, as in python/ecluse_identity/grants.py; whoever has another one may do more than any of them. */
const roles: readonly string[] = ["train", "release", "serve", "monitor", "dev-ci"];

/** Roles by which a principal may move the alias of the champion, and so choose what serves. */
const moves = (role: string | undefined, { production }: Context) =>
  role === "release" || (role === "dev-ci" && production);

/** Nobody but the release of the platform's own project moves an alias here. */
function releasers(maker: Resource, context: Context): Judged {
  const [written, environment] = ["ECLUSE_GRANTS", "ECLUSE_ENVIRONMENT"].map((name) =>
    variableOf(maker, name),
  );
  if (written === UNKNOWN || environment === UNKNOWN) return open("ECLUSE_GRANTS is not known yet");
  const grants = grantsOf(written ?? "");
  if (grants.length === 0) return fail("ECLUSE_GRANTS grants nothing, or cannot be read");
  const release = ciPrincipal(platformPath, String(environment), "release");
  return allVerdicts(
    grants.map((grant) => {
      const [principal, role] = [text(grant, "principal"), text(grant, "role")];
      if (principal?.split(":")[2] !== environment) return fail(`${principal} is not of ${environment}`);
      if (!roles.includes(role ?? ""))
        return fail(`${principal} has the role ${role}, which is none of a machine's`);
      return moves(role, context) && principal !== release ? fail(`${principal} has the role ${role}`) : pass;
    }),
  );
}

/** Rules on which models serve, and how one follows another. */
export const releasedModelRules: readonly Rule[] = [
  {
    id: "ML-10",
    name: "models-released-by-the-pipeline",
    scope: "stack",
    severity: "high",
    environments: "production",
    description:
      "What serves is the champion of a named model, chosen and signed by the platform's release alone. No model " +
      "server holds the key that signs.",
    remediation:
      "Name the use case and the signing key in components/kubernetes/serving.ts, and give the role " +
      "release in components/environment.ts to the platform's project only.",
    deviation:
      "No webhook follows an alias: the release of the pipeline is the only one that may move it, which " +
      "ECLUSE_GRANTS says. In development jobs and people have registered models of their own.",
    *check(stack, context): Iterable<Finding> {
      const pinned = allOf(signed, signsNothing, named("ECLUSE_USE_CASE"), named("MLFLOW_WORKSPACE"));
      yield* onEach(stack, modelServer, context, (server) => judged(pinned, server, context));
      yield* onEach(stack, grantsMaker, context, (maker) => releasers(maker, context));
    },
  },
  {
    id: "ML-11",
    name: "models-run-no-code",
    scope: "resource",
    severity: "critical",
    environments: "production",
    types: modelServer.types,
    when: modelServer.is,
    description: "No code comes with a model that is loaded.",
    remediation:
      "Start it by ecluse_serving with ECLUSE_SIGNING_PUBLIC_KEY, or set MLFLOW_ALLOW_PICKLE_DESERIALIZATION to false.",
    deviation:
      "ecluse_serving loads the formats of python/ecluse_models only, none of which runs code, after it " +
      "has held every file against the signed manifest. MLflow 3.17 has no " +
      "MLFLOW_ALLOW_MODEL_CODE_EXECUTION; it must not be on where a later one has it.",
    check: allOf(
      anyOf(signed, inProgram(matches("env.MLFLOW_ALLOW_PICKLE_DESERIALIZATION", /^(false|0)$/i, "false"))),
      inProgram(
        allOf(
          matchesNot("env.MLFLOW_ALLOW_PICKLE_DESERIALIZATION", on, "false"),
          matchesNot("env.MLFLOW_ALLOW_MODEL_CODE_EXECUTION", on, "false"),
        ),
      ),
    ),
  },
  {
    id: "ML-16",
    name: "serving-can-go-back",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description:
      "A new server takes over when it is ready, and the former model when the new one is refused.",
    remediation:
      "Set strategy RollingUpdate with maxUnavailable 0, and start it by ecluse_serving " +
      "(components/kubernetes/serving.ts).",
    deviation:
      "The way back of a model is no manifest's: ecluse_serving goes on with the former champion, and " +
      "the release gives it the alias back. What counts is that it is started.",
    check: (stack, context) => {
      const types = ["kubernetes:apps/v1:Deployment"];
      const progressive = allOf(
        anyOf(unset("spec.strategy.type"), is("spec.strategy.type", "RollingUpdate")),
        is("spec.strategy.rollingUpdate.maxUnavailable", 0, "0%"),
        isNot("spec.revisionHistoryLimit", 0),
        own,
      );
      return onEach(stack, { ...modelServer, types }, context, (server) =>
        judged(progressive, server, context),
      );
    },
  },
];
