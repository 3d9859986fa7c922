import { UNKNOWN } from "../../../protocol/properties";
import { parseUrn } from "../../../protocol/urn";
import { allOf, anyOf, inProduction, is, isNot, matches, not, set } from "../../conditions";
import type { Condition, ResourceRule } from "../../rule";
import { read } from "../../values";
import { fail, open, pass } from "../../verdict";

const local = (name: string) => `ecluse-local:index:${name}`;
const where = "components/local";

/** The administrator's password and the role's are not the same, nor from the same secret. */
const differentPasswords: Condition = ({ resource: { inputs, propertyDependencies } }) => {
  const { adminPassword: ofAdmin = [], password: ofRole = [] } = propertyDependencies;
  if (ofAdmin.some((urn) => ofRole.includes(urn))) return fail("both passwords are of one secret");
  const [admin, role] = [read(inputs, "adminPassword"), read(inputs, "password")];
  if (admin === UNKNOWN || role === UNKNOWN)
    return ofAdmin.length > 0 && ofRole.length > 0 ? pass : open("the passwords are not known yet");
  return admin && role && admin !== role ? pass : fail("the passwords are the same, or not set");
};

const fromSecret: Condition = ({ resource }) => {
  const from = (resource.propertyDependencies.value ?? []).map((urn) => parseUrn(urn).type);
  return from.some((type) => [local("BlobAccess"), local("RandomSecret")].includes(type))
    ? pass
    : fail("its value is no secret");
};

/** A job that reads the hold-out could train on it, and no gate would see that. */
const opensNoHoldout: Condition = ({ resource: { inputs } }) => {
  const [key, value] = [read(inputs, "key"), read(inputs, "value")];
  // The URL of a container is known after `up`; its name is before.
  const opens = key === "ECLUSE_HOLDOUT_URL" || /[/-]holdout(\?|$)/.test(String(value));
  return opens ? fail("it opens the hold-out") : pass;
};

/** What compacts the log of predictions deletes the blobs whose rows it has put into another. */
const isCompaction: Condition = ({ resource: { urn } }) =>
  parseUrn(urn).name.endsWith("-compact-inference") ? pass : fail("it does not compact the log");

const row = { scope: "resource", environments: "all", severity: "high" } as const;

/** Rules on what logins, blobs and variables of one machine let one do. */
export const localAccessRules: readonly ResourceRule[] = [
  {
    ...row,
    id: "LOC-06",
    name: "database-role-apart",
    types: [local("Database")],
    description:
      "The server logs in to its database as a role of its own, with a password that is not the administrator's.",
    remediation: `Make a RandomSecret for each (${where}/database.ts).`,
    check: allOf(set("role"), isNot("role", "postgres"), differentPasswords),
  },
  {
    ...row,
    id: "LOC-09",
    name: "least-rights-on-local-blobs",
    types: [local("BlobAccess")],
    description:
      "Nobody but the tracking server reaches models, and nobody deletes but who lands rows or compacts the log.",
    remediation: "Ask store.access for a smaller permission (components/environment.ts).",
    check: allOf(
      set("container"),
      isNot("container", "artifacts"),
      anyOf(
        is("container", "data"),
        is("container", "holdout"),
        allOf(is("container", "inference"), isCompaction),
        matches("permission", /^(read|write|read-write)$/, "a permission without delete"),
      ),
    ),
  },
  {
    ...row,
    id: "LOC-10",
    name: "local-variables-guarded",
    types: [local("CiVariable")],
    description:
      "Production's CI variables reach protected branches only, secrets in them are masked, and none opens what " +
      "models are judged by.",
    remediation:
      `Leave protected and masked to ProjectVariables of ${where}/forge.ts, and give jobs the URL of the ` +
      "container data.",
    check: allOf(
      opensNoHoldout,
      anyOf(not(inProduction, "this is production"), is("protected", true)),
      anyOf(not(fromSecret, "its value is a secret"), is("masked", true)),
    ),
  },
];
