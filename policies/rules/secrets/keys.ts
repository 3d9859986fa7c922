import {
  allOf,
  anyOf,
  atLeast,
  atMost,
  every,
  given,
  is,
  isNot,
  matchesNot,
  ofType,
  set,
} from "../../conditions";
import type { Condition, ResourceRule, RuleText } from "../../rule";
import { fail, pass } from "../../verdict";

const strength = {
  id: "SEC-07",
  parameters: {
    bytes: { type: "number", description: "Random bytes of a key or password, at least.", default: 16 },
    names: {
      type: "array",
      items: { type: "string" },
      description: "Ends of the names of random values that are names themselves, and no secrets.",
      default: ["-objects-root-name"],
    },
    letters: { type: "number", description: "Random letters of a password, at least.", default: 24 },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const life = {
  id: "SEC-08",
  parameters: {
    hours: {
      type: "number",
      description: "Hours for which a server's certificate holds, at most.",
      default: 17_544,
    },
    authorityHours: {
      type: "number",
      description: "The same of an environment's authority.",
      default: 87_672,
    },
  },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const privateKey = "tls:index/privateKey:PrivateKey";
const strong = anyOf(
  is("algorithm", "ED25519"),
  allOf(is("algorithm", "ECDSA"), is("ecdsaCurve", "P256", "P384", "P521")),
  allOf(is("algorithm", "RSA"), atLeast("rsaBits", 3072)),
);
const isName: Condition = (at, context) =>
  context.parameter<readonly string[]>(strength, "names").some((end) => at.resource.name.endsWith(end))
    ? pass
    : fail("it is no name");
const bytes = "random:index/randomBytes:RandomBytes";
const password = "random:index/randomPassword:RandomPassword";

const authority = "tls:index/selfSignedCert:SelfSignedCert";
const signed = "tls:index/locallySignedCert:LocallySignedCert";
const asked = "tls:index/certRequest:CertRequest";
const shortLived = (name: string) =>
  given(life, name, (most: number) =>
    allOf(atMost("validityPeriodHours", most), atLeast("earlyRenewalHours", 24)),
  );
const ofServers = allOf(
  isNot("isCaCertificate", true),
  set("allowedUses"),
  every("allowedUses", is("", "server_auth", "digital_signature", "key_encipherment")),
);

const common = { scope: "resource", environments: "all" } as const;
const where = "components/kubernetes/authority.ts";

/** Rules on keys and certificates that the program makes. */
export const generatedKeyRules: readonly ResourceRule[] = [
  {
    ...common,
    ...strength,
    name: "keys-strong",
    severity: "high",
    types: [privateKey, bytes, password],
    description: "Keys that sign, and secrets that nobody may guess, are long enough.",
    remediation:
      "Use ECDSA with P256 for keys, and at least 16 random bytes (components/kubernetes/signingKey.ts).",
    check: allOf(
      ofType(privateKey, strong),
      ofType(
        bytes,
        anyOf(
          isName,
          given(strength, "bytes", (least: number) => atLeast("length", least)),
        ),
      ),
      ofType(
        password,
        given(strength, "letters", (least: number) => atLeast("length", least)),
      ),
    ),
  },
  {
    ...common,
    ...life,
    name: "certificates-of-one-server",
    severity: "high",
    types: [authority, signed, asked],
    description:
      "A server's certificate names it, signs no other, and is renewed in time, as the authority's own is.",
    remediation: `Keep uses, names and validity as ${where} has them.`,
    check: allOf(
      ofType(
        authority,
        allOf(shortLived("authorityHours"), every("allowedUses", is("", "cert_signing", "crl_signing"))),
      ),
      ofType(signed, allOf(shortLived("hours"), ofServers)),
      ofType(
        asked,
        allOf(set("dnsNames"), every("dnsNames", matchesNot("", /\*/, "the name of one server"))),
      ),
    ),
  },
];
