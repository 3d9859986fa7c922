import { isObject, UNKNOWN, type Value } from "../../../protocol/properties";
import { allOf, every, implies, is, isNot, matchesNot, unset } from "../../conditions";
import { jobTypes } from "../../pods";
import { variableOf } from "../../program";
import type { Condition, ResourceRule } from "../../rule";
import { items, read, shown } from "../../values";
import { fail, open, passOn } from "../../verdict";

const buckets = "ECLUSE_BUCKETS";

/** Of the deployed store: what the Job that makes its buckets is given. */
const makesBuckets: Condition = ({ resource }) =>
  variableOf(resource, buckets) === undefined
    ? fail("it makes no buckets")
    : passOn(() => "it makes buckets");

function parsed(json: Value | undefined): Value | undefined {
  try {
    return JSON.parse(String(json)) as Value;
  } catch {
    return undefined;
  }
}

/** The condition on every bucket that the Job makes. */
const everyBucket =
  (condition: Condition): Condition =>
  ({ resource }, context) => {
    const json = variableOf(resource, buckets);
    if (json === UNKNOWN) return open(`${buckets} is not known yet`);
    const list = parsed(json);
    if (!Array.isArray(list)) return fail(`${buckets} is no list of buckets`);
    return every("buckets", condition)({ value: { buckets: list }, resource }, context);
  };

/** Nobody is let in by a star, or by who is left out. */
const named: Condition = ({ value }) => {
  const principal = read(value, "Principal");
  const users = isObject(principal) ? (items(principal, "AWS") ?? []) : [];
  const known = users.every((each) => typeof each === "string" && !each.includes("*"));
  return users.length > 0 && known
    ? passOn(() => `Principal.AWS is ${shown([...users])}`)
    : fail(`Principal is ${shown(principal)}, and must name users in AWS`);
};

/** A statement that allows something names users and rights. */
const toUsers: Condition = implies(
  isNot("Effect", "Deny"),
  allOf(named, unset("NotAction"), every("Action", matchesNot("", /\*/, "a right by its name"))),
);

const keeping = /-(artifacts|data|holdout)$/;
const versioned: Condition = (at, context) =>
  keeping.test(String(read(at.value, "name"))) ? is("versioned", true)(at, context) : passOn(() => "");

const job = { scope: "resource", types: jobTypes, when: makesBuckets, environments: "all" } as const;

/** Rules on the buckets of the object store that this program puts into a cluster. */
export const deployedBucketRules: readonly ResourceRule[] = [
  {
    ...job,
    id: "ST-19",
    name: "buckets-for-named-users",
    severity: "critical",
    description: "Nobody reads a bucket of the deployed store without a key, and no policy gives all rights.",
    remediation: "Grant single rights to users in components/kubernetes/objectsGrants.ts.",
    check: everyBucket(every("policy.Statement", toUsers)),
  },
  {
    ...job,
    id: "ST-20",
    name: "buckets-versioned",
    severity: "high",
    description:
      "The deployed store keeps what was overwritten of artifacts, data and holdouts as a version.",
    remediation: "Set versioned to true for the bucket in components/kubernetes/objectsDeployed.ts.",
    check: everyBucket(versioned),
  },
];
