import { distinct, fields, integer, list, matching, range, text, url } from "./values";

const secret = (what: string) =>
  fields({
    secret: text().describe(
      "Kubernetes: Secret in `<environment>-<use case>`; local: folder below `secrets` of the environment's own",
    ),
    key: text().describe("its key; Azure: the name of a secret in Key Vault; local: the file"),
  }).describe(`where ${what} is kept, by the two keys below`);

const networks = () =>
  list(range(), "CIDR ranges such as 10.20.0.0/16")
    .superRefine(distinct)
    .default([])
    .describe("private CIDR ranges that its address may be in; a public address needs none")
    .meta({ shown: "none" });

const mailAddress = () => matching(/^[^\s@,<>]+@[^\s@,<>]+$/, "an e-mail address");

/** Where the monitors' alerts go beside the forge. */
export const alerts = fields({
  webhook: fields({
    url: url().describe("its address, `https://…`"),
    networks: networks(),
    secret: secret("the secret that its requests are signed with, of 24 characters or more,"),
  })
    .optional()
    .describe("a webhook, by the keys below"),
  mail: fields({
    host: text().describe("SMTP server, which must offer STARTTLS"),
    port: integer(1, 65_535).default(587).describe("its port"),
    user: text().describe("the login there"),
    password: secret("the login's password"),
    sender: mailAddress().describe("address that e-mail is from"),
    to: list(mailAddress(), "e-mail addresses").min(1, "name who gets it").describe("addresses that get it"),
  })
    .optional()
    .describe("e-mail, by the keys below"),
  alertmanager: fields({
    url: url().describe("its address, `https://…`, with the path that its pages begin with"),
    networks: networks(),
    hours: integer(1, 1000)
      .default(48)
      .describe("hours that an alert holds which no run of the monitor repeats"),
    token: secret("the bearer token that it asks for").optional(),
  })
    .optional()
    .describe("Prometheus' Alertmanager, by the keys below"),
})
  .prefault({})
  .describe("where alerts go beside the forge, as far as `alert.sinks` of a use case asks for it");
