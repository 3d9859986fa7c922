import { containsUnknown, isObject, UNKNOWN } from "../../../protocol/properties";
import { parseUrn } from "../../../protocol/urn";
import { allOf, anyOf, atLeast, every, matches, matchesNot, not, set, settledBy } from "../../conditions";
import type { Condition, ResourceRule, RuleText } from "../../rule";
import { openSecrets } from "../../secretForms";
import { items, read } from "../../values";
import { allVerdicts, fail, type Judged, open, pass } from "../../verdict";

const service = "ecluse-local:index:Service";
const task = "ecluse-local:index:Task";
const cluster = "ecluse-local:index:PostgresCluster";
const randomSecret = "ecluse-local:index:RandomSecret";
const where = "components/local";

const loopback = "(127\\.0\\.0\\.1|localhost|\\[?::1\\]?)";
const everywhere = /(^|[=/@ ])(0\.0\.0\.0|\[?::\]?|\*)(:|\/|$)/;

/** The command has a word of this form, or two of which the second is. */
const commandHas =
  (form: RegExp): Condition =>
  ({ value }) => {
    const words = items(value, "command");
    if (!words) return open("command is not known yet");
    const line = words.map((word) => (word === UNKNOWN ? "" : String(word))).join(" ");
    return form.test(line) ? pass : fail(`command says nothing of the form ${form.source}`);
  };

/**
 * A file of its own says that the process is ready, so that it listens nowhere; what comes from a port is an address.
 */
const address = settledBy(matchesNot("ready", /^file:/), "ready", "ecluse-local:index:Port");
const byFile = not(address, "ready is an address, not a file");

/** The signs of the object store's server: stated here again, since what is judged must not say how. */
export const objectStore = {
  program: "azurite",
  hostOption: "--blobHost",
  keyVariable: "AZURITE_ACCOUNTS",
} as const;

/** The process listens on loopback, or nowhere. */
const onLoopback = anyOf(
  matches("env.ECLUSE_HOST", new RegExp(`^${loopback}$`), "a loopback address"),
  commandHas(new RegExp(`${objectStore.hostOption} ${loopback}( |$)`)),
  commandHas(new RegExp(`listen_addresses=${loopback}( |$)`)),
  byFile,
);

/** The variable is set, to any value. */
const hasVariable =
  (name: string): Condition =>
  ({ value }) => {
    const env = read(value, "env");
    if (env === UNKNOWN) return open("env is not known yet");
    const given = isObject(env) ? env[name] : undefined;
    return given ? pass : fail(`env.${name} is not set`);
  };

/** By what its command says, how a server knows who calls. */
const servers: readonly (readonly [form: RegExp, condition: Condition])[] = [
  [
    new RegExp(objectStore.program),
    settledBy(set(`secretEnv.${objectStore.keyVariable}`), "secretEnv", randomSecret),
  ],
  [/ecluse_identity\.serve/, hasVariable("ECLUSE_IDENTITY")],
  [
    /ecluse_serving/,
    allOf(
      hasVariable("ECLUSE_IDENTITY"),
      matches(
        "env.ECLUSE_SERVING_CALLERS",
        /^\["[^*"]+:[^"]*"(,"[^*"]+:[^"]*")*\]$/,
        "patterns on principals",
      ),
    ),
  ],
  // It has no right of its own: the tracking server says who calls, by what the caller shows.
  [/ecluse_console/, hasVariable("MLFLOW_TRACKING_URI")],
  // Its password is of the data folder, which is judged itself.
  [
    /bin\/postgres /,
    not(commandHas(/hba_file=|-A trust/), "it lets in callers that its data folder would refuse"),
  ],
  // It signs its callers' tokens itself.
  [/forge\/server\.ts/, () => pass],
];

const asksWhoCalls: Condition = (at, context) => {
  if (at.resource.type === cluster) return settledBy(set("password"), "password", randomSecret)(at, context);
  const known = servers.map(([form, condition]) => allOf(commandHas(form), condition));
  return anyOf(...known)(at, context);
};

const secretTypes = [randomSecret, "ecluse-local:index:BlobAccess"];

/** The property holds no secret, by what it comes from and by what it looks like. */
const bare =
  (property: string): Condition =>
  ({ resource }): Judged => {
    const value = resource.inputs[property] ?? null;
    const from = (resource.propertyDependencies[property] ?? []).map((urn) => parseUrn(urn));
    const secrets = from.filter(({ type }) => secretTypes.includes(type)).map(({ name }) => name);
    if (secrets.length > 0) return fail(`${property} has the secret ${secrets.join(" and ")} in it`);
    const { found } = openSecrets(value);
    if (found.length > 0) return fail(`${property}.${found.join("; ")}`);
    return containsUnknown(value) && from.length === 0 ? open(`${property} is not known yet`) : pass;
  };

const strength = {
  id: "LOC-04",
  parameters: { bytes: { type: "number", description: "Random bytes of a secret.", default: 24 } },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const row = { scope: "resource", environments: "all" } as const;

/** Rules on the processes of one machine. */
export const localRules: readonly ResourceRule[] = [
  {
    ...row,
    id: "LOC-01",
    name: "loopback-only",
    types: [service],
    severity: "critical",
    description: "Every server of the local target listens on loopback only.",
    remediation: `Give it ECLUSE_HOST or its own option the address 127.0.0.1 (${where}).`,
    check: allOf(
      onLoopback,
      settledBy(
        every("command", matchesNot("", everywhere, "no address of every network")),
        "command",
        ...["Port", "DataFolder", "PostgresCluster"].map((name) => `ecluse-local:index:${name}`),
      ),
      matchesNot("env.ECLUSE_HOST", everywhere),
    ),
  },
  {
    ...row,
    id: "LOC-02",
    name: "callers-known",
    types: [service, cluster],
    severity: "critical",
    description: "Every server of the local target asks who calls: by token, by key or by password.",
    remediation:
      `Give it ECLUSE_IDENTITY, ${objectStore.keyVariable} or a password; list a new kind of server in ` +
      "policies/rules/local/local.ts.",
    when: not(byFile, "it serves nobody"),
    check: asksWhoCalls,
  },
  {
    ...row,
    id: "LOC-03",
    name: "secrets-not-on-command-lines",
    types: [service, task],
    severity: "critical",
    description: "No secret stands in a command line or in the part of the environment that is written down.",
    remediation: `Hand it over in secretEnv (${where}/scope.ts).`,
    check: (at, context) =>
      allVerdicts(["command", "env", "ready"].map((property) => bare(property)(at, context))),
  },
  {
    ...row,
    ...strength,
    name: "secrets-strong",
    types: [randomSecret],
    severity: "high",
    description: "Secrets have too many bits to be guessed.",
    remediation: `Set bytes in ${where}.`,
    check: (at, context) => atLeast("bytes", context.parameter<number>(strength, "bytes"))(at, context),
  },
];
