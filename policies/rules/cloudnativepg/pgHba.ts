import { UNKNOWN } from "../../../protocol/properties";
import { allOf, every } from "../../conditions";
import type { Condition } from "../../rule";
import { items } from "../../values";
import { fail, open, pass, passOn } from "../../verdict";

const list = "spec.postgresql.pg_hba";

/** What a line of `pg_hba.conf` says: who may connect by what, and how they show who they are. */
interface Line {
  readonly type: string;
  readonly database: string;
  readonly user: string;
  readonly method: string;
}

const isMask = (word: string) => /^[\d.]+$|:/.test(word);

function lineOf(text: string): Line {
  const [type = "", database = "", user = "", ...rest] = text.trim().split(/\s+/);
  if (type === "local") return { type, database, user, method: rest[0] ?? "" };
  const method = rest.slice(1).find((word) => !isMask(word)) ?? "";
  return { type, database, user, method };
}

const refuses = ({ method }: Line) => method === "reject";

/** A line without its options: those of LDAP hold a password. */
const written = ({ type, database, user, method }: Line) => `"${type} ${database} ${user} … ${method}"`;

/** A line that lets somebody in is as it must be. */
const everyOpening = (test: (line: Line) => boolean, wanted: string): Condition =>
  every(list, ({ value }) => {
    const line = lineOf(String(value));
    const saw = () => `it is ${written(line)}`;
    return refuses(line) || test(line) ? passOn(saw) : fail(`${saw()}, and must be ${wanted}`);
  });

/** The last line refuses whoever none before it let in, so that the operator's own default is never reached. */
const refusedLast =
  (form: RegExp): Condition =>
  ({ value }) => {
    const lines = items(value, list);
    const last = lines?.at(-1);
    if (!lines || last === UNKNOWN) return open(`the last line of ${list} is not known yet`);
    if (form.test(String(last).trim())) return pass;
    const found = last === undefined ? "not set" : written(lineOf(String(last)));
    return fail(`the last line of ${list} is ${found}, and must be "host all all all reject"`);
  };

const named = (words: string) => words.split(",").every((word) => word !== "all" && !/^[+/]/.test(word));

/** Named roles reach named databases by a hashed password or a certificate, and nobody else does. */
export const closed: Condition = allOf(
  everyOpening(
    ({ type, method }) =>
      ["scram-sha-256", "cert"].includes(method) || (type === "local" && method === "peer"),
    "a line of method scram-sha-256 or cert, or one that ends in reject",
  ),
  everyOpening(
    ({ type, database, user }) => type === "local" || (named(database) && named(user)),
    "a line that names databases and roles",
  ),
  refusedLast(/^host\s+all\s+all\s+all\s+reject$/),
);

/** Nobody connects over the network without TLS. */
export const byTls: Condition = allOf(
  everyOpening(({ type }) => ["hostssl", "local"].includes(type), "a line of type hostssl"),
  refusedLast(/^host(nossl)?\s+all\s+all\s+all\s+reject$/),
);
