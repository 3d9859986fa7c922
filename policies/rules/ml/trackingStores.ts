import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UNKNOWN } from "../../../protocol/properties";
import { parseUrn } from "../../../protocol/urn";
import { allOf, anyOf, is, matches, matchesNot } from "../../conditions";
import { commandHas, fromSecret, inProgram, variableOf } from "../../program";
import type { Condition, ResourceRule } from "../../rule";
import { read, text } from "../../values";
import { fail, open, pass } from "../../verdict";
import { trackingServer } from "../../workloads";

const where = "components/kubernetes/tracking.ts";
const on = /^(true|1)$/i;

/** The variable is of this form; or not known yet, and from a resource of this type. */
const variable =
  (name: string, form: RegExp, type: string, wanted: string): Condition =>
  (at, context) => {
    const { spec = [] } = at.resource.propertyDependencies;
    const unknown = variableOf(at.resource, name) === UNKNOWN;
    return unknown && spec.some((urn) => parseUrn(urn).type === type)
      ? pass
      : inProgram(matches(`env.${name}`, form, wanted))(at, context);
  };

const floor = {
  id: "ML-05",
  parameters: {
    least: { type: "string", description: "The oldest MLflow that is accepted.", default: "3.11.1" },
  },
} as const;

/** The version of MLflow that an image of this platform is built with. */
function builtWith(): string | undefined {
  const lock = join(__dirname, "../../../images/mlflow/requirements.lock");
  return existsSync(lock) ? /^mlflow==([\d.]+)/m.exec(readFileSync(lock, "utf8"))?.[1] : undefined;
}

const newEnough: Condition = (at, context) => {
  const image = read(at.value, "image");
  const built = /\becluse_identity\.serve\b/.test(text(at.value, "line") ?? "");
  if (!built && (image === UNKNOWN || read(at.value, "line") === UNKNOWN))
    return open("the image is not known yet");
  const version = built ? builtWith() : /:v?(\d+(\.\d+)*)/.exec(String(image))?.[1];
  if (!version) return fail(`no version of MLflow is in ${image ?? "its lock file"}`);
  const least = context.parameter<string>(floor, "least");
  const older = version.localeCompare(least, "en", { numeric: true }) < 0;
  return older ? fail(`MLflow is ${version}, and must be at least ${least}`) : pass;
};

const common = {
  scope: "resource",
  severity: "high",
  types: trackingServer.types,
  when: trackingServer.is,
} as const;

/** Rules on what the tracking server is made of, and on where it keeps metadata and artifacts. */
export const trackingStoreRules: readonly ResourceRule[] = [
  {
    ...common,
    ...floor,
    name: "mlflow-not-outdated",
    environments: "all",
    description: "The tracking server's MLflow has no known hole that a later one has closed.",
    remediation: "Raise mlflow in requirements.in, run npm run lock, and build the image again.",
    deviation:
      "The platform's image is numbered as the platform: MLflow's version is read from " +
      "images/mlflow/requirements.lock, which it is built from.",
    check: inProgram(newEnough),
  },
  {
    ...common,
    id: "ML-06",
    name: "metadata-in-postgresql",
    environments: "production",
    description:
      "Metadata and grants are in PostgreSQL, opened by a token of Entra or a password from a Secret.",
    remediation:
      `Give ECLUSE_TRACKING_DATABASE and ECLUSE_AUTH_DATABASE without a password, as ${where} does, with ` +
      "ECLUSE_DATABASE_LOGIN or PGPASSWORD.",
    check: allOf(
      anyOf(
        allOf(
          ...["ECLUSE_TRACKING_DATABASE", "ECLUSE_AUTH_DATABASE"].map((name) =>
            variable(
              name,
              /^postgresql(\+\w+)?:\/\/[^:@/]+@/,
              "azure-native:dbforpostgresql:Server",
              "a URI of PostgreSQL without a password",
            ),
          ),
          anyOf(inProgram(is("env.ECLUSE_DATABASE_LOGIN", "entra")), fromSecret("PGPASSWORD")),
        ),
        fromSecret("MLFLOW_BACKEND_STORE_URI"),
      ),
      inProgram(
        allOf(
          matchesNot("env.MLFLOW_ALLOW_FILE_STORE", on, "left out"),
          matchesNot("line", /--backend-store-uri/, "without the address of the database"),
        ),
      ),
    ),
  },
  {
    ...common,
    id: "ML-07",
    name: "artifacts-through-the-server",
    environments: "all",
    description:
      "The server alone opens the artifacts' container, and fetches from nowhere that a caller names.",
    remediation: `Give ECLUSE_ARTIFACTS, as ${where} does, and leave MLflow's checks of addresses on.`,
    deviation:
      "ecluse_identity.serve always serves artifacts itself; whose container it is the rules across " +
      "stacks judge. MLflow refuses private addresses when nothing is set.",
    check: allOf(
      anyOf(
        variable(
          "ECLUSE_ARTIFACTS",
          /^(wasbs|abfss|s3):\/\//,
          "azure-native:storage:StorageAccount",
          "a container of a blob store",
        ),
        commandHas(/--artifacts-destination[ =](wasbs|abfss|s3|gs):\/\//),
      ),
      inProgram(
        allOf(
          matchesNot("env.MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES", /./, "left out"),
          matchesNot("env.MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS", on, "false"),
          matchesNot("line", /--no-serve-artifacts/, "without --no-serve-artifacts"),
        ),
      ),
    ),
  },
];
