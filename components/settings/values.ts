import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { contains, overlaps, prefixLength } from "../azure/cidr";
import { GUID } from "./choices";
import { type CronReader, everComes, longestGap } from "./cron";

/** A text of any form. */
export const text = () => z.string("set it to a text").min(1, "set it to a text");

/** A text of a given form; `form` says which, for the message. */
export const matching = (pattern: RegExp, form: string) =>
  z.string(`set it to ${form}`).regex(pattern, { error: `set it to ${form}`, abort: true });

/** One of some words. */
export const choice = <const T extends readonly string[]>(options: T) =>
  z.enum(options, `set it to ${options.join(", ")}`);

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false };
const unquoted = (value: unknown) => (typeof value === "string" ? (booleans[value] ?? value) : value);
const numeric = (value: unknown) =>
  typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;

/** A schema that reads a value first. Its type is the schema's own: only a stack's file has other forms. */
export const readBy = <Output, Input>(
  read: (value: unknown) => unknown,
  schema: z.ZodType<Output, Input>,
): z.ZodType<Output, Input> => z.preprocess(read, schema) as unknown as z.ZodType<Output, Input>;

/** True or false, in quotes too. */
export const flag = () => readBy(unquoted, z.boolean("set it to true or false"));

const bounded = (least: number, most: number) => {
  const error = `set it to a number from ${least} to ${most}`;
  return z.number(error).min(least, { error, abort: true }).max(most, { error, abort: true });
};

/** A number within bounds, in quotes too. */
export const number = (least: number, most: number) => readBy(numeric, bounded(least, most));

/** A whole number within bounds, in quotes too. */
export const integer = (least: number, most: number) =>
  readBy(numeric, bounded(least, most).multipleOf(1, "set it to a whole number"));

const missing = (shape: z.core.$ZodShape) => {
  const needed = Object.keys(shape).filter((key) => shape[key]?._zod.optin !== "optional");
  return `set it to \`name: value\` lines${needed.length ? `, at least ${needed.join(", ")}` : ""}`;
};

/** An object of known keys; every other key is refused. */
export const fields = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys"
        ? `there is no such key; remove it, or use one of ${Object.keys(shape).join(", ")}`
        : missing(shape),
  });

/** An object whose keys the user chooses. */
export const table = <T extends z.core.SomeType>(values: T) =>
  z.record(z.string(), values, "set it to `name: value` lines");

/** Messages of an object whose keys follow from one of them. */
export const unionError = (key: string, options: readonly string[]) => ({
  error: ({ code }: { readonly code?: string }) =>
    code === "invalid_union"
      ? `set it to ${options.join(", ")}`
      : `set it to \`name: value\` lines, at least ${key}`,
});

/** A list, each item once. */
export const list = <T extends z.core.SomeType>(item: T, form: string) =>
  z.array(item, `set it to a list of ${form}`);

/** Refuses an item that a list has already. */
export const distinct = (items: readonly unknown[], context: z.RefinementCtx): void => {
  for (const [at, item] of items.entries())
    if (items.indexOf(item) < at)
      context.addIssue({ code: "custom", path: [at], message: "is listed twice: remove one" });
};

/** Refuses a second item of one name: the two would be one resource. */
export const distinctNames = (
  items: readonly { readonly name: string }[],
  context: z.RefinementCtx,
): void => {
  const names = items.map(({ name }) => name);
  for (const [at, name] of names.entries())
    if (names.indexOf(name) < at)
      context.addIssue({ code: "custom", path: [at, "name"], message: "is listed twice: remove one" });
};

/** An address that tokens or keys come from: TLS, and no password in it. */
export const url = () =>
  matching(
    /^https:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
    "an address that begins with https:// and holds no password",
  );

const isCertificate = (pem: string) => {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
};

/** Certificates of authorities, PEM, one after the other, and nothing that is secret. */
export const certificates = () =>
  text().refine((pem) => {
    const found = pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
    return found.length > 0 && found.every(isCertificate);
  }, "set it to certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, and no key");

/** An address, without the slashes at its end: tokens name their issuer so. */
export const baseUrl = () => url().transform((address) => address.replace(/\/+$/, ""));

/** Full path of a group of GitLab. */
export const groupPath = () =>
  matching(/^[a-zA-Z0-9_][\w.-]*(\/[a-zA-Z0-9_][\w.-]*)*$/, "the full path of a group, such as acme/ecluse");

/** An id of Entra's, or of a subscription. */
export const guid = () => matching(GUID, "an id such as 12345678-90ab-cdef-1234-567890abcdef");

/** Addresses that no network is made of, and that none can be reached by. */
const special: readonly (readonly [range: string, what: string])[] = [
  ["0.0.0.0/8", "addresses of no network"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local, with the cloud's metadata address"],
  ["168.63.129.16/32", "Azure's own metadata address"],
  ["224.0.0.0/3", "multicast, or reserved"],
];

const ofNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Whether a range is within the private address ranges. */
export const isPrivate = (range: string) => ofNetworks.some((outer) => contains(outer, range));

/** Whether a range has an address that networks keep to themselves. */
const hasPrivate = (range: string) => ofNetworks.some((outer) => overlaps(outer, range));

const isRange = (range: string) => {
  try {
    return prefixLength(range) >= 0;
  } catch {
    return false;
  }
};

const notSpecial = (range: string, context: z.RefinementCtx): void => {
  const found = special.find(([other]) => overlaps(range, other));
  if (found)
    context.addIssue({
      code: "custom",
      message: `holds ${found[0]} (${found[1]}): choose another, such as 192.0.2.10/32`,
      continue: false,
    });
};

const anyRange = (form: string) =>
  matching(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, form).refine(isRange, {
    error: "write its first address and its prefix, such as 10.0.0.0/16",
    abort: true,
  });

/** A range of IPv4 addresses that a network may have. */
export const range = (form = "a CIDR range such as 192.0.2.10/32") => anyRange(form).superRefine(notSpecial);

/** A range that a cluster's DNS answers at: link-local too, where NodeLocal DNSCache listens, but no metadata. */
export const dnsRange = () =>
  anyRange("a CIDR range such as 169.254.20.10/32").superRefine((range, context) => {
    const found = ["169.254.169.254/32", "168.63.129.16/32"].find((other) => overlaps(range, other));
    if (found)
      context.addIssue({
        code: "custom",
        message: `holds the cloud's metadata address ${found}: choose another, such as 169.254.20.10/32`,
      });
  });

/** A range that may come in: none as wide as everybody. */
export const narrowRange = () =>
  anyRange("a CIDR range")
    .refine((value) => prefixLength(value) >= 8, {
      error: "is as good as everybody: name ranges of at most a /8",
      abort: true,
    })
    .superRefine(notSpecial);

/** A range of addresses on the Internet. */
export const publicRange = () =>
  narrowRange().refine(
    (value) => !hasPrivate(value),
    "is private, and not what the Internet sees: name public addresses, such as 203.0.113.7/32",
  );

/** A cron line of five fields that its reader can read, and that comes. */
export const cron = (reader: CronReader) =>
  z
    .string("set it to five fields, such as 15 2 * * *")
    .refine((line) => longestGap(line, reader) !== undefined, {
      error: "set it to five fields of numbers, names, *, / , and -, such as 15 2 * * * or 0 3 * * SUN",
      abort: true,
    })
    .refine(everComes, "never comes: choose a day that its month has");

const isDay = (value: string) =>
  !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value);

/** A day of the calendar. */
export const day = () =>
  matching(/^\d{4}-\d{2}-\d{2}$/, "a day such as 2027-06-30").refine(isDay, {
    error: "is no day of the calendar: correct it",
    abort: true,
  });

/** A day that has not come yet. */
export const futureDay = (fix: string) =>
  day().refine((value) => value > new Date().toISOString().slice(0, 10), `must be in the future: ${fix}`);

const isZone = (value: string) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

/** A time zone of the database that every system has. */
export const timeZone = () =>
  matching(/^(UTC|[A-Z]\w+(\/[A-Z][\w+-]+)+)$/, "a time zone such as Europe/Paris").refine(
    isZone,
    "is no time zone: set it to one such as Europe/Paris",
  );
