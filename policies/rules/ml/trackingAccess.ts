import { allOf, anyOf, is, matches, matchesNot, not, unset } from "../../conditions";
import { commandHas, fromSecret, hasVariable, inProgram, runs } from "../../program";
import type { ResourceRule } from "../../rule";
import { isOf, loginProxy, trackingServer } from "../../workloads";

const where = "components/kubernetes/tracking.ts";
const own = runs(/\becluse_identity\.serve\b/);
const on = /^(true|1)$/i;

const secrets = [
  "ECLUSE_SESSION_KEY",
  "MLFLOW_FLASK_SERVER_SECRET_KEY",
  "SECRET_KEY",
  "MLFLOW_AUTH_ADMIN_PASSWORD",
  "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY",
  "OIDC_CLIENT_SECRET",
  "OAUTH2_PROXY_CLIENT_SECRET",
  "OAUTH2_PROXY_COOKIE_SECRET",
  "PGPASSWORD",
  "AWS_SECRET_ACCESS_KEY",
  "AZURE_STORAGE_CONNECTION_STRING",
];
const nonesWritten = inProgram(allOf(...secrets.map((name) => unset(`env.${name}`))));
const sessionsSigned = anyOf(
  fromSecret("ECLUSE_SESSION_KEY"),
  fromSecret("MLFLOW_FLASK_SERVER_SECRET_KEY"),
  fromSecret("OAUTH2_PROXY_COOKIE_SECRET"),
);
const skipping = "env.OAUTH2_PROXY_SSL_INSECURE_SKIP_VERIFY";
const cookiesSafe = inProgram(
  allOf(
    matches("line", /--cookie-secure=true\b/, "with --cookie-secure=true"),
    matchesNot(
      "line",
      /--cookie-secure=(?!true\b)|--ssl-insecure-skip-verify(?!=false)/,
      "without options that take it back",
    ),
    anyOf(unset(skipping), is(skipping, "false")),
  ),
);

const named = (...names: readonly string[]) =>
  inProgram(allOf(...names.map((name) => matchesNot(`env.${name}`, /\*/, "without *"))));
const namedToMlflow = allOf(
  anyOf(hasVariable("MLFLOW_SERVER_ALLOWED_HOSTS"), commandHas(/--allowed-hosts/)),
  named("MLFLOW_SERVER_ALLOWED_HOSTS", "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS"),
);

const common = {
  scope: "resource",
  severity: "high",
  types: trackingServer.types,
  when: trackingServer.is,
} as const;

/** Rules on who may use the tracking server, and how callers authenticate. */
export const trackingAccessRules: readonly ResourceRule[] = [
  {
    ...common,
    id: "ML-02",
    name: "tracking-known-by-names",
    environments: "all",
    description: "The tracking server answers to its own names and its own pages only.",
    remediation: `Name hosts in ECLUSE_ALLOWED_HOSTS, as ${where} does, and leave MLflow's middleware on.`,
    deviation:
      "ecluse_identity.serve sets MLFLOW_SERVER_ALLOWED_HOSTS and origins itself from " +
      "ECLUSE_ALLOWED_HOSTS; those of a manifest count for MLflow's own start.",
    check: allOf(
      anyOf(
        allOf(own, named("ECLUSE_ALLOWED_HOSTS")),
        allOf(not(own, "it is started by ecluse_identity.serve"), namedToMlflow),
      ),
      inProgram(
        allOf(
          matchesNot("env.MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE", on, "left out"),
          matchesNot(
            "line",
            /--(disable-security-middleware|gunicorn-opts|waitress-opts)|--(allowed-hosts|cors-allowed-origins)\S*[ =]\S*\*/,
            "without options that turn checks off",
          ),
        ),
      ),
    ),
  },
  {
    ...common,
    id: "ML-03",
    name: "no-rights-by-default",
    environments: "production",
    description: "Who has no grant in the tracking server has no right in it.",
    remediation: "Start it by ecluse_identity.serve, which sets default_permission to NO_PERMISSIONS.",
    deviation:
      "The setting is in a file that ecluse_identity.serve writes at its start " +
      "(python/ecluse_identity/settings.py): starting it so is what counts.",
    check: anyOf(own, inProgram(is("env.DEFAULT_MLFLOW_PERMISSION", "NO_PERMISSIONS"))),
  },
  {
    ...common,
    id: "ML-04",
    name: "tracking-secrets-by-reference",
    environments: "all",
    types: [...new Set([...trackingServer.types, ...loginProxy.types])],
    when: anyOf(trackingServer.is, isOf(loginProxy)),
    description: "The session key comes from a Secret, and cookies go over TLS only.",
    remediation: `Give secrets by foundation.secrets, as ${where} and proxy.ts do, and keep --cookie-secure=true.`,
    deviation:
      "There is no administrator and no OIDC plug-in: MLflow's key is derived from ECLUSE_SESSION_KEY, " +
      "and the proxy has cookies and TLS. Passwords of database and store too.",
    check: allOf(nonesWritten, sessionsSigned, anyOf(trackingServer.is, cookiesSafe)),
  },
  {
    ...common,
    id: "ML-21",
    name: "no-jobs-in-the-server",
    environments: "all",
    description: "The tracking server runs no jobs that callers ask for.",
    remediation: "Start it by ecluse_identity.serve, or set MLFLOW_SERVER_ENABLE_JOB_EXECUTION to false.",
    deviation:
      "ecluse_identity.serve sets it itself, whatever the manifest says, and verifies callers of every " +
      "path but the probes', those of jobs and traces too.",
    check: anyOf(own, inProgram(is("env.MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false"))),
  },
];
