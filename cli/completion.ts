import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import type { Fill } from "../local/engine/offline";
import type { Made } from "../local/engine/provider";
import type { Properties, Value } from "../protocol/properties";
import type { Placeholder } from "./placeholders";
import { certificate } from "./x509";

/** Values by where they come from: `<type> <name> <property>`. */
export type Values = Readonly<Record<string, string>>;

/** What `render --complete` keeps in its folder from one run to the next. */
export interface Kept {
  /** Passwords, keys and certificates that it made. */
  readonly generated: Values;
  /** What a person chose in a placeholder's place. */
  readonly chosen: Values;
}

/** Where a placeholder's value comes from, as a key of {@link Values}. */
export const sourceOf = ({ type, name, property }: Pick<Placeholder, "type" | "name" | "property">) =>
  `${type} ${name} ${property}`;

/** One resource of a provider that generates: what is kept of it, and what it was given. */
interface Generator {
  readonly inputs: Properties;
  /** The kept value of a property while it is still good, else a new one, which is kept. */
  value(property: string, make: () => string, isGood?: (kept: string) => boolean): string;
}

const text = (value: Value | undefined) => String(value ?? "");

const commonName = ({ subject }: Properties) => text((subject as Properties | undefined)?.commonName);

const hour = 3_600_000;

/** Whether a kept certificate is for this key, of this authority, for these names, and does not end soon. */
function isGood(pem: string, { publicKey, from, dnsNames, inputs }: Expected): boolean {
  const read = new X509Certificate(pem);
  const early = Number(inputs.earlyRenewalHours ?? 0) * hour;
  return (
    read.publicKey.export({ type: "spki", format: "pem" }) === publicKey &&
    read.verify(createPublicKey(from)) &&
    (read.subjectAltName ?? "") === dnsNames.map((name) => `DNS:${name}`).join(", ") &&
    Date.parse(read.validTo) - Date.now() > early
  );
}

interface Expected {
  readonly publicKey: string;
  /** The authority's private key, PEM. */
  readonly from: string;
  readonly dnsNames: readonly string[];
  readonly inputs: Properties;
}

const publicKeyOf = (privateKey: string) =>
  String(createPublicKey(privateKey).export({ type: "spki", format: "pem" }));

function selfSigned({ inputs, value }: Generator) {
  const key = text(inputs.privateKeyPem);
  const [name, hours] = [commonName(inputs), Number(inputs.validityPeriodHours)];
  const expected = { publicKey: publicKeyOf(key), from: key, dnsNames: [], inputs };
  const make = () => {
    const own = createPrivateKey(key);
    return certificate({ commonName: name, hours }, own, { commonName: name, key: own });
  };
  return { certPem: value("certPem", make, (kept) => isGood(kept, expected)) };
}

/** What a request asks for. No object holds one: only the certificate that is made of it. */
interface Request {
  readonly publicKey: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
}

function request({ inputs }: Generator) {
  const dnsNames = (inputs.dnsNames ?? []) as string[];
  const publicKey = publicKeyOf(text(inputs.privateKeyPem));
  const asked: Request = { publicKey, commonName: commonName(inputs), dnsNames };
  return { certRequestPem: JSON.stringify(asked) };
}

function locallySigned({ inputs, value }: Generator) {
  const asked = JSON.parse(text(inputs.certRequestPem)) as Request;
  const from = text(inputs.caPrivateKeyPem);
  const expected = { publicKey: asked.publicKey, from, dnsNames: asked.dnsNames, inputs };
  const make = () => {
    const issuer = new X509Certificate(text(inputs.caCertPem)).subject.replace(/^CN=/, "");
    const { publicKey, ...names } = asked;
    const hours = Number(inputs.validityPeriodHours);
    return certificate({ ...names, hours }, createPublicKey(publicKey), {
      commonName: issuer,
      key: createPrivateKey(from),
    });
  };
  return { certPem: value("certPem", make, (kept) => isGood(kept, expected)) };
}

function privateKey({ value }: Generator) {
  const make = () => {
    const made = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    return String(made.export({ type: "pkcs8", format: "pem" }));
  };
  const pkcs8 = value("privateKeyPemPkcs8", make);
  const sec1 = String(createPrivateKey(pkcs8).export({ type: "sec1", format: "pem" }));
  return { privateKeyPem: sec1, privateKeyPemPkcs8: pkcs8, publicKeyPem: publicKeyOf(pkcs8) };
}

function bytes({ inputs, value }: Generator) {
  const hex = value("hex", () => randomBytes(Number(inputs.length)).toString("hex"));
  return { hex, base64: Buffer.from(hex, "hex").toString("base64") };
}

/** What nobody has to choose, made as the provider makes it: by the resource's own inputs, at random, once. */
const generators: Readonly<Record<string, (generator: Generator) => Properties>> = {
  "random:index/randomBytes:RandomBytes": bytes,
  "tls:index/certRequest:CertRequest": request,
  "tls:index/locallySignedCert:LocallySignedCert": locallySigned,
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/selfSignedCert:SelfSignedCert": selfSigned,
};

function replaced(value: Value, from: string, to: string): Value {
  if (typeof value === "string") return value.replaceAll(from, to);
  if (Array.isArray(value)) return value.map((item) => replaced(item, from, to));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, from, to)]));
}

/** What fills a preview with values to keep, and what it has made so far. */
export interface Completion {
  readonly fill: Fill;
  /** The placeholders that are left: what a person must choose. */
  readonly made: Placeholder[];
  readonly generated: Values;
}

/** Generates what nobody has to choose, and takes what was chosen, in the place of placeholders. */
export function completion(
  base: { readonly fill: Fill; readonly made: Placeholder[] },
  kept: Kept,
): Completion {
  const generated: Record<string, string> = {};
  const generator = (type: string, name: string, inputs: Properties): Generator => ({
    inputs,
    value(property, make, good = () => true) {
      const source = sourceOf({ type, name, property });
      const known = generated[source] ?? kept.generated[source];
      const value = known !== undefined && good(known) ? known : make();
      generated[source] = value;
      return value;
    },
  });
  const resource: Fill["resource"] = (type, name, inputs) => {
    const generate = generators[type];
    if (generate) return { id: digestOf(type, name), outputs: generate(generator(type, name, inputs)) };
    return takeChosen(base, kept.chosen, () => base.fill.resource(type, name, inputs));
  };
  return { fill: { ...base.fill, resource }, made: base.made, generated };
}

const digestOf = (type: string, name: string) =>
  createHash("sha256").update(`${type} ${name}`).digest("hex").slice(0, 16);

/** Puts chosen values in the place of the placeholders that `ask` makes, which are none then. */
function takeChosen({ made }: { readonly made: Placeholder[] }, chosen: Values, ask: () => Made): Made {
  const before = made.length;
  const answer = ask();
  const invented = made.splice(before);
  let { id, outputs } = answer;
  for (const placeholder of invented) {
    const value = chosen[sourceOf(placeholder)];
    if (!value) made.push(placeholder);
    else {
      id = id.replaceAll(placeholder.value, value);
      outputs = replaced(outputs, placeholder.value, value) as Properties;
    }
  }
  return { ...answer, id, outputs };
}
