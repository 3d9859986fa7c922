import { type Properties, secret, UNKNOWN } from "../../../protocol/properties";
import type { Cases, Sketch } from "../../cases";

const plain = (inputs: Properties): Sketch => ({ type: "kubernetes:core/v1:ConfigMap", inputs });
// Put together here, so that no scanner takes a made-up value for a real one.
const token = `gl${"pat"}-${"x1".repeat(10)}`;
const accountKey = `Account${"Key"}=${"a1B2".repeat(12)}`;
const random = "h7Kq29fLw0Zt";
const output = (outputs: Properties): Sketch => ({ type: "pulumi:pulumi:Stack", outputs });
const pod = (container: Properties): Properties => ({
  spec: { template: { spec: { containers: [{ name: "a", ...container }] } } },
});
const env = (variable: Properties) => pod({ env: [variable] });

/** What each rule on secrets passes, and what it refuses. */
export const secretsCases: Cases = {
  "SEC-01": {
    pass: [
      plain({
        data: {
          url: "https://gitlab.example.com:443/x",
          tokenFile: "/var/run/token",
          password: secret(random),
        },
        publicKey: "-----BEGIN PUBLIC KEY-----",
        encoded: btoa("-----BEGIN PUBLIC KEY-----") + btoa("-----BEGIN CERTIFICATE-----"),
        settings: "token_file = /var/run/token\npassword = %(PGPASSWORD_1)s\ntoken: $API_TOKEN_1234",
        clientId: random,
      }),
      { type: "kubernetes:core/v1:ServiceAccount", inputs: { automountServiceAccountToken: false } },
    ],
    fail: [
      [plain({ data: { config: `token = "${token}"` } })],
      [plain({ data: { key: `-----BEGIN EC PRIVATE ${"KEY"}-----` } })],
      ...["PRIVATE", "EC PRIVATE", "RSA PRIVATE", "OPENSSH PRIVATE"].map((kind) => [
        plain({ data: { config: `client-key-data: ${btoa(`-----BEGIN ${kind} ${"KEY"}-----`)}` } }),
      ]),
      [plain({ data: { "settings.ini": `db_password = "${random}"` } })],
      [plain({ data: { "settings.json": JSON.stringify({ user: "a", token: random }) } })],
      [plain({ data: { url: `postgresql://mlflow:${random}@db:5432/x` } })],
      [plain({ data: { url: `https://a.blob.core.windows.net/c?sv=1&sig=${"a1".repeat(20)}` } })],
      [plain({ list: [{ connectionString: accountKey }] })],
      [plain({ data: { password: random } })],
      [{ type: "random:index/randomPassword:RandomPassword", outputs: { secret: random } }],
    ],
    open: [plain({ data: { password: UNKNOWN } })],
  },
  "SEC-02": {
    pass: { administratorLoginPassword: secret(UNKNOWN) },
    fail: [
      { administratorLoginPassword: "x" },
      { type: "azure-native:keyvault:Secret", inputs: { properties: { value: "x" } } },
      { type: "kubernetes:core/v1:Secret", inputs: { stringData: { a: secret("x"), b: "y" } } },
      { type: "ecluse-local:index:Service", inputs: { secretEnv: { A: "x" } } },
    ],
  },
  "SEC-03": {
    pass: { metadata: { name: "a" } },
    fail: [{ stringData: { a: "x" } }, { data: { a: secret("eA==") } }],
    open: { stringData: UNKNOWN },
  },
  "SEC-04": {
    pass: env({ name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: "database", key: "password" } } }),
    fail: [
      env({ name: "DB_PASSWORD", value: "x" }),
      env({ name: "OTHER", valueFrom: { secretKeyRef: { name: "a", key: "b" } } }),
      pod({ envFrom: [{ secretRef: { name: "a" } }] }),
    ],
  },
  "SEC-05": {
    pass: [output({ signingKey: secret(random), tracking: "https://tracking.example.com" })],
    fail: [
      [output({ signingKey: random })],
      [output({ useCases: { a: { url: `https://u:${random}@a/` } } })],
    ],
    open: [output({ signingKey: UNKNOWN })],
    notApplicable: [output({})],
  },
};
